#pragma once

#include "daemon/demo/story_step.h"

#include <string_view>

/// How the kinds of Windows events of the story are spelled: flat JSON as nxlog ships it, field names and
/// formats as in public captures (OTRF Security-Datasets). All views only need to live through the call.
namespace alarum::demo {

/// A host of the story's domain CORP, and who works there.
struct WindowsHost {
  std::string_view name;
  std::string_view person;  ///< account name without domain
  std::string_view ip;
};

/// A process that starts. `command_line`: a pattern for `filled`.
struct ProcessStart {
  unsigned weight = 1;
  std::string_view image;
  std::string_view command_line;
  std::string_view parent;
  std::string_view user;  ///< with domain; empty: the person at the host
};

/// A connection that `image` opens, or takes where `is_initiated` is false.
struct Connection {
  unsigned weight = 1;
  std::string_view image;
  std::string_view ip;
  unsigned port = 0;
  bool is_initiated = true;
};

/// One process opens another.
struct ProcessAccess {
  unsigned weight = 1;
  std::string_view source;
  std::string_view target;
  std::string_view granted_access;  ///< as Sysmon writes it: `0x1000`
};

/// A file that is made. `path`: a pattern for `filled`.
struct FileCreation {
  unsigned weight = 1;
  std::string_view image;
  std::string_view path;
};

/// A registry value that is set. `key`: full path with the value's name; `{sid}` is the person's.
struct RegistryValue {
  unsigned weight = 1;
  std::string_view image;
  std::string_view key;
  std::string_view details;
};

/// A logon. `account`: without domain; empty: the person at the host.
struct Logon {
  unsigned weight = 1;
  std::string_view account;
  std::string_view type;
  std::string_view process;
};

/// Sysmon 1.
StoryEvent sysmon_process(const ProcessStart& start, const WindowsHost& host, Scene& scene);
/// Sysmon 3.
StoryEvent sysmon_connection(const Connection& connection, const WindowsHost& host, Scene& scene);
/// Sysmon 10.
StoryEvent sysmon_process_access(const ProcessAccess& access, const WindowsHost& host, Scene& scene);
/// Sysmon 11.
StoryEvent sysmon_file(const FileCreation& file, const WindowsHost& host, Scene& scene);
/// Sysmon 13.
StoryEvent sysmon_registry_value(const RegistryValue& value, const WindowsHost& host, Scene& scene);
/// Security 4624.
StoryEvent security_logon(const Logon& logon, const WindowsHost& host, Scene& scene);
/// Security 4688: what Windows itself says of a process that starts.
StoryEvent security_process(const ProcessStart& start, const WindowsHost& host, Scene& scene);
/// System 7036: `service` is `running` or `stopped` now.
StoryEvent system_service_state(std::string_view service, std::string_view state, const WindowsHost& host,
                                Scene& scene);
/// EventID 1102 of another provider, the remote desktop client: it went to `server`.
StoryEvent remote_desktop_client(std::string_view server, const WindowsHost& host, Scene& scene);

}  // namespace alarum::demo
