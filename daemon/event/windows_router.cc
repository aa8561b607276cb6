// Windows event logs to Sigma's log sources. Source: Sigma taxonomy appendix, Windows Folder. Where it is
// silent or incomplete we follow the mapping in SigmaHQ's own tests: the EventType of registry_add and
// registry_delete, the channels of PowerShell 7, the SMB client and server logs, and Defender's detections as
// `antivirus`.
#include "daemon/base/decimal.h"
#include "daemon/base/fold.h"
#include "daemon/event/log_source.h"

#include <algorithm>
#include <array>
#include <map>

namespace alarum {
namespace {

struct ServiceRow {
  std::string_view service;
  std::string_view channel;
};

constexpr std::array services = {
    ServiceRow{"application", "Application"},
    ServiceRow{"application-experience",
               "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant"},
    ServiceRow{"application-experience", "Microsoft-Windows-Application-Experience/Program-Telemetry"},
    ServiceRow{"applocker", "Microsoft-Windows-AppLocker/EXE and DLL"},
    ServiceRow{"applocker", "Microsoft-Windows-AppLocker/MSI and Script"},
    ServiceRow{"applocker", "Microsoft-Windows-AppLocker/Packaged app-Deployment"},
    ServiceRow{"applocker", "Microsoft-Windows-AppLocker/Packaged app-Execution"},
    ServiceRow{"appmodel-runtime", "Microsoft-Windows-AppModel-Runtime/Admin"},
    ServiceRow{"appxdeployment-server", "Microsoft-Windows-AppXDeploymentServer/Operational"},
    ServiceRow{"appxpackaging-om", "Microsoft-Windows-AppxPackaging/Operational"},
    ServiceRow{"bitlocker", "Microsoft-Windows-BitLocker/BitLocker Management"},
    ServiceRow{"bits-client", "Microsoft-Windows-Bits-Client/Operational"},
    ServiceRow{"capi2", "Microsoft-Windows-CAPI2/Operational"},
    ServiceRow{"certificateservicesclient-lifecycle-system",
               "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"},
    ServiceRow{"codeintegrity-operational", "Microsoft-Windows-CodeIntegrity/Operational"},
    ServiceRow{"dhcp", "Microsoft-Windows-DHCP-Server/Operational"},
    ServiceRow{"diagnosis-scripted", "Microsoft-Windows-Diagnosis-Scripted/Operational"},
    ServiceRow{"dns-client", "Microsoft-Windows-DNS Client Events/Operational"},
    ServiceRow{"dns-server", "DNS Server"},
    ServiceRow{"dns-server-analytic", "Microsoft-Windows-DNS-Server/Analytical"},
    ServiceRow{"dns-server-audit", "Microsoft-Windows-DNS-Server/Audit"},
    ServiceRow{"driver-framework", "Microsoft-Windows-DriverFrameworks-UserMode/Operational"},
    ServiceRow{"firewall-as", "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"},
    ServiceRow{"hyper-v-worker", "Microsoft-Windows-Hyper-V-Worker"},
    ServiceRow{"iis-configuration", "Microsoft-IIS-Configuration/Operational"},
    ServiceRow{"kernel-event-tracing", "Microsoft-Windows-Kernel-EventTracing"},
    ServiceRow{"kernel-shimengine", "Microsoft-Windows-Kernel-ShimEngine/Diagnostic"},
    ServiceRow{"kernel-shimengine", "Microsoft-Windows-Kernel-ShimEngine/Operational"},
    ServiceRow{"ldap", "Microsoft-Windows-LDAP-Client/Debug"},
    ServiceRow{"lsa-server", "Microsoft-Windows-LSA/Operational"},
    ServiceRow{"msexchange-management", "MSExchange Management"},
    ServiceRow{"ntfs", "Microsoft-Windows-Ntfs/Operational"},
    ServiceRow{"ntlm", "Microsoft-Windows-NTLM/Operational"},
    ServiceRow{"openssh", "OpenSSH/Operational"},
    ServiceRow{"powershell", "Microsoft-Windows-PowerShell/Operational"},
    ServiceRow{"powershell", "PowerShellCore/Operational"},
    ServiceRow{"powershell-classic", "Windows PowerShell"},
    ServiceRow{"printservice-admin", "Microsoft-Windows-PrintService/Admin"},
    ServiceRow{"printservice-operational", "Microsoft-Windows-PrintService/Operational"},
    ServiceRow{"security", "Security"},
    ServiceRow{"security-mitigations", "Microsoft-Windows-Security-Mitigations/Kernel Mode"},
    ServiceRow{"security-mitigations", "Microsoft-Windows-Security-Mitigations/User Mode"},
    ServiceRow{"sense", "Microsoft-Windows-SENSE/Operational"},
    ServiceRow{"servicebus-client", "Microsoft-ServiceBus-Client/Admin"},
    ServiceRow{"servicebus-client", "Microsoft-ServiceBus-Client/Operational"},
    ServiceRow{"shell-core", "Microsoft-Windows-Shell-Core/Operational"},
    ServiceRow{"smbclient-connectivity", "Microsoft-Windows-SmbClient/Connectivity"},
    ServiceRow{"smbclient-security", "Microsoft-Windows-SmbClient/Security"},
    ServiceRow{"smbserver-connectivity", "Microsoft-Windows-SMBServer/Connectivity"},
    ServiceRow{"sysmon", "Microsoft-Windows-Sysmon/Operational"},
    ServiceRow{"system", "System"},
    ServiceRow{"taskscheduler", "Microsoft-Windows-TaskScheduler/Operational"},
    ServiceRow{"terminalservices-localsessionmanager",
               "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"},
    ServiceRow{"vhdmp", "Microsoft-Windows-VHDMP/Operational"},
    ServiceRow{"windefend", "Microsoft-Windows-Windows Defender/Operational"},
    ServiceRow{"wmi", "Microsoft-Windows-WMI-Activity/Operational"},
};

struct CategoryRow {
  std::string_view service;
  unsigned event_id_first;
  unsigned event_id_last;
  std::string_view category;
  std::string_view event_type = {};  ///< also asked for, where it is given
};

constexpr std::array categories = {
    CategoryRow{"sysmon", 1, 1, "process_creation"},
    CategoryRow{"sysmon", 2, 2, "file_change"},
    CategoryRow{"sysmon", 3, 3, "network_connection"},
    CategoryRow{"sysmon", 4, 4, "sysmon_status"},
    CategoryRow{"sysmon", 5, 5, "process_termination"},
    CategoryRow{"sysmon", 6, 6, "driver_load"},
    CategoryRow{"sysmon", 7, 7, "image_load"},
    CategoryRow{"sysmon", 8, 8, "create_remote_thread"},
    CategoryRow{"sysmon", 9, 9, "raw_access_thread"},
    CategoryRow{"sysmon", 10, 10, "process_access"},
    CategoryRow{"sysmon", 11, 11, "file_event"},
    CategoryRow{"sysmon", 12, 14, "registry_event"},
    CategoryRow{"sysmon", 12, 12, "registry_add", "CreateKey"},
    CategoryRow{"sysmon", 12, 12, "registry_delete", "DeleteKey"},
    CategoryRow{"sysmon", 12, 12, "registry_delete", "DeleteValue"},
    CategoryRow{"sysmon", 13, 13, "registry_set"},
    CategoryRow{"sysmon", 14, 14, "registry_rename"},
    CategoryRow{"sysmon", 15, 15, "create_stream_hash"},
    CategoryRow{"sysmon", 16, 16, "sysmon_status"},
    CategoryRow{"sysmon", 17, 18, "pipe_created"},
    CategoryRow{"sysmon", 19, 21, "wmi_event"},
    CategoryRow{"sysmon", 22, 22, "dns_query"},
    CategoryRow{"sysmon", 23, 23, "file_delete"},
    CategoryRow{"sysmon", 24, 24, "clipboard_capture"},
    CategoryRow{"sysmon", 25, 25, "process_tampering"},
    CategoryRow{"sysmon", 26, 26, "file_delete"},
    CategoryRow{"sysmon", 26, 26, "file_delete_detected"},
    CategoryRow{"sysmon", 27, 27, "file_block_executable"},
    CategoryRow{"sysmon", 28, 28, "file_block_shredding"},
    CategoryRow{"sysmon", 29, 29, "file_executable_detected"},
    CategoryRow{"sysmon", 255, 255, "sysmon_error"},
    CategoryRow{"security", 4688, 4688, "process_creation"},
    CategoryRow{"powershell", 4103, 4103, "ps_module"},
    CategoryRow{"powershell", 4104, 4104, "ps_script"},
    CategoryRow{"powershell-classic", 400, 400, "ps_classic_start"},
    CategoryRow{"powershell-classic", 600, 600, "ps_classic_provider_start"},
    CategoryRow{"powershell-classic", 800, 800, "ps_classic_script"},
    CategoryRow{"windefend", 1006, 1012, "antivirus"},
    CategoryRow{"windefend", 1017, 1019, "antivirus"},
    CategoryRow{"windefend", 1115, 1116, "antivirus"},
};

constexpr std::array<std::string_view, 4> event_types = {"", "CreateKey", "DeleteKey", "DeleteValue"};

std::string_view first_text(std::span<const FieldValue> values) {
  return values.empty() ? "" : values.front().folded;
}

/// The EventID of the event, by value as rules compare it; 0, which no event has, where it is none.
unsigned event_id_of(std::span<const FieldValue> values) {
  constexpr unsigned event_id_max = 65535;  // the manifest's EventID is 16 bits wide
  if (values.empty() || values.front().kind == FieldValue::Kind::object) return 0;
  const auto number = Decimal::parse(values.front().text);
  return number ? static_cast<unsigned>(number->as_whole(event_id_max).value_or(0)) : 0;
}

class WindowsRouter final : public Router {
 public:
  explicit WindowsRouter(FieldTable& fields)
      : channel_(fields.intern("Channel")),
        event_id_(fields.intern("EventID")),
        event_type_(fields.intern("EventType")) {
    classes_.push_back({.product = "windows", .service = "", .categories = {}});
    for (const ServiceRow& row : services) channels_[folded(row.channel)] = class_of(row.service, {});
    for (const ServiceRow& row : services) add_category_classes(row.service);
  }

  const std::vector<EventClass>& classes() const override { return classes_; }

  std::size_t route(FieldReader& event) const override {
    const auto service = channels_.find(first_text(event.values(channel_)));
    if (service == channels_.end()) return 0;
    const unsigned event_id = event_id_of(event.values(event_id_));
    const auto typed =
        by_event_.find({service->second, event_id, std::string(first_text(event.values(event_type_)))});
    if (typed != by_event_.end()) return typed->second;
    const auto untyped = by_event_.find({service->second, event_id, std::string()});
    return untyped == by_event_.end() ? service->second : untyped->second;
  }

 private:
  struct Key {
    std::size_t service_class;
    unsigned event_id;
    std::string event_type;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  /// The class with exactly these; made if it is new.
  std::size_t class_of(std::string_view service, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      if (classes_[i].service == service && classes_[i].categories == names) return i;
    }
    classes_.push_back({.product = "windows", .service = std::string(service), .categories = names});
    return classes_.size() - 1;
  }

  void add_category_classes(std::string_view service) {
    for (const CategoryRow& row : categories) {
      if (row.service != service) continue;
      for (unsigned event_id = row.event_id_first; event_id <= row.event_id_last; ++event_id) {
        for (const std::string_view type : event_types) add_event(service, event_id, type);
      }
    }
  }

  /// Sorts one (service, EventID, EventType) by every row that holds for it.
  void add_event(std::string_view service, unsigned event_id, std::string_view event_type) {
    std::vector<std::string> names;
    for (const CategoryRow& row : categories) {
      const bool holds = row.service == service && row.event_id_first <= event_id &&
                         event_id <= row.event_id_last &&
                         (row.event_type.empty() || row.event_type == event_type);
      if (holds) names.emplace_back(row.category);
    }
    by_event_[{class_of(service, {}), event_id, folded(event_type)}] = class_of(service, names);
  }

  FieldId channel_;
  FieldId event_id_;
  FieldId event_type_;
  std::vector<EventClass> classes_;
  StringMap<std::size_t> channels_;  // folded channel to the class of its service without categories
  std::map<Key, std::size_t> by_event_;
};

}  // namespace

std::unique_ptr<Router> make_windows_router(FieldTable& fields) {
  return std::make_unique<WindowsRouter>(fields);
}

}  // namespace alarum
