#include "daemon/event/log_source.h"
#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

#include <set>

namespace alarum {
namespace {

struct CategoryRow {
  std::string_view channel;
  unsigned event_id;
  std::string_view event_type;
  std::string_view expected;  ///< `service/category,category`
};

constexpr std::string_view sysmon = "Microsoft-Windows-Sysmon/Operational";
constexpr std::string_view powershell = "Microsoft-Windows-PowerShell/Operational";
constexpr std::string_view powershell_core = "PowerShellCore/Operational";
constexpr std::string_view powershell_classic = "Windows PowerShell";
constexpr std::string_view defender = "Microsoft-Windows-Windows Defender/Operational";

// Source: Sigma taxonomy appendix, Windows Folder; SigmaHQ's own tests/thor.yml where that is silent.
const std::vector<CategoryRow> category_rows = {
    {sysmon, 1, "", "sysmon/process_creation"},
    {sysmon, 2, "", "sysmon/file_change"},
    {sysmon, 3, "", "sysmon/network_connection"},
    {sysmon, 4, "", "sysmon/sysmon_status"},
    {sysmon, 5, "", "sysmon/process_termination"},
    {sysmon, 6, "", "sysmon/driver_load"},
    {sysmon, 7, "", "sysmon/image_load"},
    {sysmon, 8, "", "sysmon/create_remote_thread"},
    {sysmon, 9, "", "sysmon/raw_access_thread"},
    {sysmon, 10, "", "sysmon/process_access"},
    {sysmon, 11, "", "sysmon/file_event"},
    {sysmon, 12, "", "sysmon/registry_event"},
    {sysmon, 12, "CreateKey", "sysmon/registry_event,registry_add"},
    {sysmon, 12, "DeleteKey", "sysmon/registry_event,registry_delete"},
    {sysmon, 12, "DeleteValue", "sysmon/registry_event,registry_delete"},
    {sysmon, 12, "INFO", "sysmon/registry_event"},
    {sysmon, 13, "", "sysmon/registry_event,registry_set"},
    {sysmon, 13, "SetValue", "sysmon/registry_event,registry_set"},
    {sysmon, 13, "CreateKey", "sysmon/registry_event,registry_set"},
    {sysmon, 14, "RenameKey", "sysmon/registry_event,registry_rename"},
    {sysmon, 15, "", "sysmon/create_stream_hash"},
    {sysmon, 16, "", "sysmon/sysmon_status"},
    {sysmon, 17, "CreatePipe", "sysmon/pipe_created"},
    {sysmon, 18, "ConnectPipe", "sysmon/pipe_created"},
    {sysmon, 19, "", "sysmon/wmi_event"},
    {sysmon, 20, "", "sysmon/wmi_event"},
    {sysmon, 21, "", "sysmon/wmi_event"},
    {sysmon, 22, "", "sysmon/dns_query"},
    {sysmon, 23, "", "sysmon/file_delete"},
    {sysmon, 24, "", "sysmon/clipboard_capture"},
    {sysmon, 25, "", "sysmon/process_tampering"},
    {sysmon, 26, "", "sysmon/file_delete,file_delete_detected"},
    {sysmon, 27, "", "sysmon/file_block_executable"},
    {sysmon, 28, "", "sysmon/file_block_shredding"},
    {sysmon, 29, "", "sysmon/file_executable_detected"},
    {sysmon, 255, "", "sysmon/sysmon_error"},
    {sysmon, 30, "", "sysmon/"},
    {sysmon, 0, "", "sysmon/"},
    {"Security", 4688, "", "security/process_creation"},
    {"Security", 4624, "", "security/"},
    {"Security", 1, "", "security/"},
    {"System", 4688, "", "system/"},
    {"System", 1, "", "system/"},
    {powershell, 4103, "", "powershell/ps_module"},
    {powershell, 4104, "", "powershell/ps_script"},
    {powershell_core, 4103, "", "powershell/ps_module"},
    {powershell_core, 4104, "", "powershell/ps_script"},
    {powershell, 400, "", "powershell/"},
    {powershell_classic, 400, "", "powershell-classic/ps_classic_start"},
    {powershell_classic, 600, "", "powershell-classic/ps_classic_provider_start"},
    {powershell_classic, 800, "", "powershell-classic/ps_classic_script"},
    {powershell_classic, 4104, "", "powershell-classic/"},
    {defender, 1005, "", "windefend/"},
    {defender, 1006, "", "windefend/antivirus"},
    {defender, 1012, "", "windefend/antivirus"},
    {defender, 1013, "", "windefend/"},
    {defender, 1017, "", "windefend/antivirus"},
    {defender, 1019, "", "windefend/antivirus"},
    {defender, 1115, "", "windefend/antivirus"},
    {defender, 1116, "", "windefend/antivirus"},
    {defender, 1117, "", "windefend/"},
    {"Some/Channel", 1, "", "/"},
    {"", 1, "", "/"},
};

struct ServiceRow {
  std::string_view service;
  std::string_view channel;
};

const std::vector<ServiceRow> service_rows = {
    {"application", "Application"},
    {"application-experience", "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant"},
    {"application-experience", "Microsoft-Windows-Application-Experience/Program-Telemetry"},
    {"applocker", "Microsoft-Windows-AppLocker/EXE and DLL"},
    {"applocker", "Microsoft-Windows-AppLocker/MSI and Script"},
    {"applocker", "Microsoft-Windows-AppLocker/Packaged app-Deployment"},
    {"applocker", "Microsoft-Windows-AppLocker/Packaged app-Execution"},
    {"appmodel-runtime", "Microsoft-Windows-AppModel-Runtime/Admin"},
    {"appxdeployment-server", "Microsoft-Windows-AppXDeploymentServer/Operational"},
    {"appxpackaging-om", "Microsoft-Windows-AppxPackaging/Operational"},
    {"bitlocker", "Microsoft-Windows-BitLocker/BitLocker Management"},
    {"bits-client", "Microsoft-Windows-Bits-Client/Operational"},
    {"capi2", "Microsoft-Windows-CAPI2/Operational"},
    {"certificateservicesclient-lifecycle-system",
     "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"},
    {"codeintegrity-operational", "Microsoft-Windows-CodeIntegrity/Operational"},
    {"dhcp", "Microsoft-Windows-DHCP-Server/Operational"},
    {"diagnosis-scripted", "Microsoft-Windows-Diagnosis-Scripted/Operational"},
    {"dns-client", "Microsoft-Windows-DNS Client Events/Operational"},
    {"dns-server", "DNS Server"},
    {"dns-server-analytic", "Microsoft-Windows-DNS-Server/Analytical"},
    {"dns-server-audit", "Microsoft-Windows-DNS-Server/Audit"},
    {"driver-framework", "Microsoft-Windows-DriverFrameworks-UserMode/Operational"},
    {"firewall-as", "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"},
    {"hyper-v-worker", "Microsoft-Windows-Hyper-V-Worker"},
    {"iis-configuration", "Microsoft-IIS-Configuration/Operational"},
    {"kernel-event-tracing", "Microsoft-Windows-Kernel-EventTracing"},
    {"kernel-shimengine", "Microsoft-Windows-Kernel-ShimEngine/Diagnostic"},
    {"kernel-shimengine", "Microsoft-Windows-Kernel-ShimEngine/Operational"},
    {"ldap", "Microsoft-Windows-LDAP-Client/Debug"},
    {"lsa-server", "Microsoft-Windows-LSA/Operational"},
    {"msexchange-management", "MSExchange Management"},
    {"ntfs", "Microsoft-Windows-Ntfs/Operational"},
    {"ntlm", "Microsoft-Windows-NTLM/Operational"},
    {"openssh", "OpenSSH/Operational"},
    {"powershell", "Microsoft-Windows-PowerShell/Operational"},
    {"powershell", "PowerShellCore/Operational"},
    {"powershell-classic", "Windows PowerShell"},
    {"printservice-admin", "Microsoft-Windows-PrintService/Admin"},
    {"printservice-operational", "Microsoft-Windows-PrintService/Operational"},
    {"security", "Security"},
    {"security-mitigations", "Microsoft-Windows-Security-Mitigations/Kernel Mode"},
    {"security-mitigations", "Microsoft-Windows-Security-Mitigations/User Mode"},
    {"sense", "Microsoft-Windows-SENSE/Operational"},
    {"servicebus-client", "Microsoft-ServiceBus-Client/Admin"},
    {"servicebus-client", "Microsoft-ServiceBus-Client/Operational"},
    {"shell-core", "Microsoft-Windows-Shell-Core/Operational"},
    {"smbclient-connectivity", "Microsoft-Windows-SmbClient/Connectivity"},
    {"smbclient-security", "Microsoft-Windows-SmbClient/Security"},
    {"smbserver-connectivity", "Microsoft-Windows-SMBServer/Connectivity"},
    {"sysmon", "Microsoft-Windows-Sysmon/Operational"},
    {"system", "System"},
    {"taskscheduler", "Microsoft-Windows-TaskScheduler/Operational"},
    {"terminalservices-localsessionmanager",
     "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"},
    {"vhdmp", "Microsoft-Windows-VHDMP/Operational"},
    {"windefend", "Microsoft-Windows-Windows Defender/Operational"},
    {"wmi", "Microsoft-Windows-WMI-Activity/Operational"},
};

std::string route(std::string bytes) { return test::EventWorld("windows", {}).event_class(std::move(bytes)); }

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

}  // namespace

TEST_CASE("channel, EventID and EventType of a Windows event tell its service and categories") {
  test::EventWorld world("windows", {});
  for (const CategoryRow& row : category_rows) {
    CAPTURE(row.channel, row.event_id, row.event_type);
    const std::string type = row.event_type.empty() ? "" : R"(,"EventType":)" + quoted(row.event_type);
    const std::string bytes =
        R"({"Channel":)" + quoted(row.channel) + R"(,"EventID":)" + std::to_string(row.event_id) + type + "}";
    CHECK(world.event_class(bytes) == "windows/" + std::string(row.expected));
  }
}

TEST_CASE("the channel of a Windows event tells its service") {
  test::EventWorld world("windows", {});
  for (const ServiceRow& row : service_rows) {
    CAPTURE(row.channel);
    CHECK(world.event_class(R"({"Channel":)" + quoted(row.channel) + "}") ==
          "windows/" + std::string(row.service) + "/");
  }
}

TEST_CASE("the tables of this test hold every service and category of the router") {
  std::set<std::string> services;
  for (const ServiceRow& row : service_rows) services.emplace(row.service);
  std::set<std::string> sorts;
  for (const CategoryRow& row : category_rows) sorts.emplace(row.expected);
  test::EventWorld world("windows", {});

  for (const EventClass& known : world.format().router().classes()) {
    if (known.service.empty()) continue;
    CHECK(services.count(known.service) == 1);
    std::string sort = known.service + "/";
    for (const std::string& category : known.categories) sort += (sort.back() == '/' ? "" : ",") + category;
    CAPTURE(sort);
    if (!known.categories.empty()) CHECK(sorts.count(sort) == 1);
  }
}

TEST_CASE("channels and event types compare without regard to case") {
  CHECK(route(R"({"Channel":"security","EventID":4688})") == "windows/security/process_creation");
  CHECK(route(R"({"Channel":"MICROSOFT-WINDOWS-SYSMON/OPERATIONAL","EventID":12,"EventType":"createkey"})") ==
        "windows/sysmon/registry_event,registry_add");
}

TEST_CASE("an EventID may be a number or its text") {
  CHECK(route(R"({"Channel":"Security","EventID":"4688"})") == "windows/security/process_creation");
  CHECK(route(R"({"Channel":"Security","EventID":["4688"]})") == "windows/security/process_creation");
  CHECK(route(R"({"Channel":"Security","EventID":4688.0})") == "windows/security/process_creation");
}

TEST_CASE("an EventID that is none leaves the event without category") {
  const std::string id = GENERATE("null", "4688.5", "-4688", "1e9", R"("")", R"(" 4688")", R"("x")", "true",
                                  "{}", "[]", "70224", "4294971984", "18446744073709556304", "4688x");
  CAPTURE(id);
  CHECK(route(R"({"Channel":"Security","EventID":)" + id + "}") == "windows/security/");
  CHECK(route(R"({"Channel":"Security"})") == "windows/security/");
}

TEST_CASE("a channel that is none leaves the event with its product alone") {
  const std::string channel = GENERATE("null", "1", "true", "{}", "[]", R"("Securit")", R"("Security ")");
  CAPTURE(channel);
  CHECK(route(R"({"Channel":)" + channel + R"(,"EventID":4688})") == "windows//");
  CHECK(route("{}") == "windows//");
}

TEST_CASE("XML events are routed by their System, also where EventID has attributes") {
  CHECK(route(R"({"Event":{"System":{"Channel":"Security","EventID":4688}}})") ==
        "windows/security/process_creation");
  CHECK(route(R"({"Event":{"System":{"Channel":"Windows PowerShell",)"
              R"("EventID":{"#attributes":{"Qualifiers":0},"#text":400}}}})") ==
        "windows/powershell-classic/ps_classic_start");
  CHECK(route(R"({"Event":{"System":{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":12},)"
              R"("EventData":{"EventType":"DeleteKey"}}})") ==
        "windows/sysmon/registry_event,registry_delete");
}

TEST_CASE("EventData of an XML event cannot lead it to another log source") {
  CHECK(route(R"({"Event":{"EventData":{"Channel":"System","EventID":1},)"
              R"("System":{"Channel":"Security","EventID":4688}}})") == "windows/security/process_creation");
}

}  // namespace alarum
