#include "daemon/demo/windows_event_kinds.h"

#include "daemon/demo/windows_record.h"

namespace alarum::demo {
namespace {

constexpr WindowsProvider sysmon = {"Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon",
                                    "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"};
constexpr WindowsProvider auditing = {"Security", "Microsoft-Windows-Security-Auditing",
                                      "{54849625-5478-4994-A5BA-3E3B0328C30D}"};
constexpr WindowsProvider service_control = {"System", "Service Control Manager",
                                             "{555908D1-A6D7-4695-8E1E-26931D2012F4}"};
constexpr WindowsProvider remote_desktop = {"Microsoft-Windows-TerminalServices-RDPClient/Operational",
                                            "Microsoft-Windows-TerminalServices-ClientActiveXCore",
                                            "{28AA95BB-D444-4719-A36F-40462168127E}"};

/// The same number for the same text on every machine (FNV-1a), which std::hash does not promise.
std::uint64_t number_of(std::string_view text) {
  std::uint64_t out = 0xCBF29CE484222325U;
  for (const char c : text) out = (out ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return out;
}

/// Windows gives process ids in steps of four.
std::uint64_t process_id(Random& random) { return 4 * (200 + random.below(3000)); }

/// Sysmon builds these from the host, the time at which the process started, and a number of its own.
std::string process_guid(std::string_view host, Timestamp start, Random& random) {
  const auto seconds = static_cast<std::uint64_t>(start.microseconds / 1'000'000);
  return "{" + hexadecimal(number_of(host) & 0xFFFFFFFFU, 8) + "-" + hexadecimal(seconds & 0xFFFFU, 4) + "-" +
         hexadecimal((seconds >> 16U) & 0xFFFFU, 4) + "-" + hexadecimal(random.below(0x10000), 4) +
         "-000000000700}";
}

/// A process that has been there for up to an hour.
std::string older_process_guid(std::string_view host, Scene& scene) {
  const auto age = static_cast<std::int64_t>(scene.random.below(3600)) * 1'000'000;
  return process_guid(host, {scene.time.microseconds - age}, scene.random);
}

/// Upper case, as Sysmon writes them, and the same for every start of one program.
std::string hashes_of(std::string_view image) {
  Random random(number_of(image));
  std::string digits;
  for (int i = 0; i < 6; ++i) digits += hexadecimal(random.next(), 16);
  for (char& c : digits) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return "MD5=" + digits.substr(0, 32) + ",SHA256=" + digits.substr(32, 64);
}

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('\\') + 1); }

std::string with_domain(std::string_view account) { return "CORP\\" + std::string(account); }

std::string user_of(std::string_view user, const WindowsHost& host) {
  return user.empty() ? with_domain(host.person) : std::string(user);
}

std::string sid_of(std::string_view account) {
  return "S-1-5-21-1004336348-1177238915-682003330-" + std::to_string(1100 + number_of(account) % 400);
}

std::string logon_id(std::string_view account) {
  return "0x" + hexadecimal(number_of(account) & 0xFFFFFU, 5);
}

/// What every Sysmon event begins with.
void add_sysmon_fields(WindowsRecord& record, const Scene& scene) {
  record.field("RuleName", "-").field("UtcTime", sysmon_time(scene.time));
}

}  // namespace

StoryEvent sysmon_process(const ProcessStart& start, const WindowsHost& host, Scene& scene) {
  const std::string user = user_of(start.user, host);
  const std::string command_line = filled(start.command_line, host.person, scene.random);
  WindowsRecord record(scene, host.name, sysmon, 1, "Process Create:");
  add_sysmon_fields(record, scene);
  record.field("ProcessGuid", process_guid(host.name, scene.time, scene.random))
      .field("ProcessId", std::to_string(process_id(scene.random)))
      .field("Image", start.image)
      .field("OriginalFileName", file_name(start.image))
      .field("CommandLine", command_line)
      .field("CurrentDirectory", "C:\\Windows\\System32\\")
      .field("User", user)
      .field("LogonId", logon_id(user))
      .field("IntegrityLevel", user.starts_with("NT AUTHORITY") ? "System" : "Medium")
      .field("Hashes", hashes_of(start.image))
      .field("ParentProcessGuid", older_process_guid(host.name, scene))
      .field("ParentProcessId", std::to_string(process_id(scene.random)))
      .field("ParentImage", start.parent)
      .field("ParentCommandLine", start.parent);
  return record.finish();
}

StoryEvent sysmon_connection(const Connection& connection, const WindowsHost& host, Scene& scene) {
  WindowsRecord record(scene, host.name, sysmon, 3, "Network connection detected:");
  add_sysmon_fields(record, scene);
  record.field("ProcessGuid", older_process_guid(host.name, scene))
      .field("ProcessId", std::to_string(process_id(scene.random)))
      .field("Image", connection.image)
      .field("User", with_domain(host.person))
      .field("Protocol", connection.port == 53 ? "udp" : "tcp")
      .field("Initiated", connection.is_initiated ? "true" : "false");
  const std::string near_port = std::to_string(49'152 + scene.random.below(16'000));
  const std::string far_port = std::to_string(connection.port);
  record.field("SourceIp", connection.is_initiated ? host.ip : connection.ip)
      .field("SourcePort", near_port)
      .field("DestinationIp", connection.is_initiated ? connection.ip : host.ip)
      .field("DestinationPort", far_port)
      .field("DestinationHostname", "-");
  return record.finish();
}

StoryEvent sysmon_process_access(const ProcessAccess& access, const WindowsHost& host, Scene& scene) {
  WindowsRecord record(scene, host.name, sysmon, 10, "Process accessed:");
  add_sysmon_fields(record, scene);
  record.field("SourceProcessGUID", older_process_guid(host.name, scene))
      .field("SourceProcessId", std::to_string(process_id(scene.random)))
      .field("SourceThreadId", std::to_string(process_id(scene.random)))
      .field("SourceImage", filled(access.source, host.person, scene.random))
      .field("TargetProcessGUID", older_process_guid(host.name, scene))
      .field("TargetProcessId", std::to_string(process_id(scene.random)))
      .field("TargetImage", access.target)
      .field("GrantedAccess", access.granted_access)
      .field("CallTrace",
             "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e");
  return record.finish();
}

StoryEvent sysmon_file(const FileCreation& file, const WindowsHost& host, Scene& scene) {
  const std::string path = filled(file.path, host.person, scene.random);
  WindowsRecord record(scene, host.name, sysmon, 11, "File created:");
  add_sysmon_fields(record, scene);
  record.field("ProcessGuid", older_process_guid(host.name, scene))
      .field("ProcessId", std::to_string(process_id(scene.random)))
      .field("Image", file.image)
      .field("TargetFilename", path)
      .field("CreationUtcTime", sysmon_time(scene.time));
  return record.finish();
}

StoryEvent sysmon_registry_value(const RegistryValue& value, const WindowsHost& host, Scene& scene) {
  std::string key(value.key);
  if (const std::size_t at = key.find("{sid}"); at != std::string::npos)
    key.replace(at, 5, sid_of(host.person));
  WindowsRecord record(scene, host.name, sysmon, 13, "Registry value set:", "SetValue");
  add_sysmon_fields(record, scene);
  record.field("ProcessGuid", older_process_guid(host.name, scene))
      .field("ProcessId", std::to_string(process_id(scene.random)))
      .field("Image", value.image)
      .field("TargetObject", filled(key, host.person, scene.random))
      .field("Details", value.details)
      .field("User", with_domain(host.person));
  return record.finish();
}

StoryEvent security_logon(const Logon& logon, const WindowsHost& host, Scene& scene) {
  const std::string_view account = logon.account.empty() ? host.person : logon.account;
  const std::string address = "192.0.2." + std::to_string(10 + scene.random.below(200));
  WindowsRecord record(scene, host.name, auditing, 4624, "An account was successfully logged on.",
                       "AUDIT_SUCCESS");
  record.field("SubjectUserSid", "S-1-5-18")
      .field("SubjectUserName", "-")
      .field("TargetUserSid", sid_of(account))
      .field("TargetUserName", account)
      .field("TargetDomainName", "CORP")
      .field("TargetLogonId", logon_id(account))
      .field("LogonType", logon.type)
      .field("LogonProcessName", logon.process)
      .field("AuthenticationPackageName", "Negotiate")
      .field("WorkstationName", host.name)
      .field("IpAddress", logon.type == "3" ? address : "-");
  return record.finish();
}

StoryEvent security_process(const ProcessStart& start, const WindowsHost& host, Scene& scene) {
  const std::string command_line = filled(start.command_line, host.person, scene.random);
  const bool is_person = start.user.empty();
  const std::string account = is_person ? std::string(host.person) : std::string(file_name(start.user));
  WindowsRecord record(scene, host.name, auditing, 4688, "A new process has been created.", "AUDIT_SUCCESS");
  record.field("SubjectUserSid", account == "SYSTEM" ? "S-1-5-18" : sid_of(account))
      .field("SubjectUserName", account)
      .field("SubjectDomainName", start.user.starts_with("NT AUTHORITY") ? "NT AUTHORITY" : "CORP")
      .field("SubjectLogonId", logon_id(account))
      .field("NewProcessId", "0x" + hexadecimal(process_id(scene.random), 1))
      .field("NewProcessName", start.image)
      .field("TokenElevationType", "%%1936")
      .field("ProcessId", "0x" + hexadecimal(process_id(scene.random), 1))
      .field("CommandLine", command_line)
      .field("ParentProcessName", start.parent)
      .field("MandatoryLabel", "S-1-16-8192");
  return record.finish();
}

StoryEvent system_service_state(std::string_view service, std::string_view state, const WindowsHost& host,
                                Scene& scene) {
  WindowsRecord record(
      scene, host.name, service_control, 7036,
      "The " + std::string(service) + " service entered the " + std::string(state) + " state.");
  record.field("param1", service).field("param2", state);
  return record.finish();
}

StoryEvent remote_desktop_client(std::string_view server, const WindowsHost& host, Scene& scene) {
  WindowsRecord record(scene, host.name, remote_desktop, 1102,
                       "The client has initiated a multi-transport connection to the server.");
  record.field("Value", server).field("User", with_domain(host.person));
  return record.finish();
}

}  // namespace alarum::demo
