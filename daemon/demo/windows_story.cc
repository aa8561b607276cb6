#include "daemon/demo/story.h"

namespace alarum::demo {
namespace {

constexpr std::string_view sysmon = "Microsoft-Windows-Sysmon/Operational";
constexpr std::string_view sysmon_provider = "Microsoft-Windows-Sysmon";
constexpr std::string_view auditing = "Microsoft-Windows-Security-Auditing";

StoryEvent process(std::string_view image, std::string_view command, std::string_view parent,
                   std::string_view user) {
  return {{{"Channel", sysmon},
           {"SourceName", sysmon_provider},
           {"EventID", "1"},
           {"Image", image},
           {"CommandLine", command},
           {"ParentImage", parent},
           {"User", user}}};
}

StoryEvent access(std::string_view source, std::string_view target, std::string_view granted) {
  return {{{"Channel", sysmon},
           {"SourceName", sysmon_provider},
           {"EventID", "10"},
           {"SourceImage", source},
           {"TargetImage", target},
           {"GrantedAccess", granted}}};
}

StoryEvent registry(std::string_view image, std::string_view target, std::string_view details) {
  return {{{"Channel", sysmon},
           {"SourceName", sysmon_provider},
           {"EventID", "13"},
           {"EventType", "SetValue"},
           {"Image", image},
           {"TargetObject", target},
           {"Details", details}}};
}

StoryEvent connection(std::string_view image, std::string_view address, std::string_view port) {
  return {{{"Channel", sysmon},
           {"SourceName", sysmon_provider},
           {"EventID", "3"},
           {"Image", image},
           {"DestinationIp", address},
           {"DestinationPort", port},
           {"Initiated", "true"}}};
}

StoryEvent logon(std::string_view user, std::string_view type, std::string_view address) {
  return {{{"Channel", "Security"},
           {"SourceName", auditing},
           {"EventID", "4624"},
           {"TargetUserName", user},
           {"LogonType", type},
           {"IpAddress", address}}};
}

constexpr std::string_view explorer = R"(C:\Windows\explorer.exe)";
constexpr std::string_view services = R"(C:\Windows\System32\services.exe)";
constexpr std::string_view console = R"(C:\Windows\System32\cmd.exe)";
constexpr std::string_view powershell = R"(C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe)";
constexpr std::string_view word = R"(C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE)";
constexpr std::string_view vssadmin = R"(C:\Windows\System32\vssadmin.exe)";
constexpr std::string_view lsass = R"(C:\Windows\System32\lsass.exe)";
constexpr std::string_view updater = R"(C:\Users\Public\updater.exe)";

/// Ordinary work; some of it looks like an attack at first sight.
std::vector<StoryEvent> background() {
  return {
      process(word, R"("WINWORD.EXE" /n "C:\Users\anna\Documents\offer.docx")", explorer, R"(CORP\anna)"),
      process(R"(C:\Windows\splwow64.exe)", R"(C:\Windows\splwow64.exe 12288)", word, R"(CORP\anna)"),
      process(R"(C:\Program Files\Google\Chrome\Application\chrome.exe)", "chrome.exe --type=renderer",
              explorer, R"(CORP\ben)"),
      process(R"(C:\Windows\System32\svchost.exe)", "svchost.exe -k netsvcs -p", services,
              R"(NT AUTHORITY\SYSTEM)"),
      process(powershell, R"(powershell.exe -File C:\Admin\inventory.ps1)", console, R"(CORP\admin-chris)"),
      process(vssadmin, "vssadmin list shadows", console, R"(CORP\admin-chris)"),
      process(R"(C:\Windows\System32\rundll32.exe)", "rundll32.exe shell32.dll,Control_RunDLL desk.cpl",
              explorer, R"(CORP\anna)"),
      access(R"(C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.2410.5-0\MsMpEng.exe)", lsass,
             "0x1000"),
      access(R"(C:\Windows\System32\wbem\WmiPrvSE.exe)", lsass, "0x1410"),
      access(R"(C:\Windows\System32\svchost.exe)", R"(C:\Windows\System32\spoolsv.exe)", "0x1fffff"),
      registry(R"(C:\Program Files\Vendor\setup.exe)",
               R"(HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\Vendor)",
               R"("C:\Program Files\Vendor\tray.exe")"),
      registry(explorer,
               R"(HKU\S-1-5-21-1004336348-1177238915-682003330-1104\SOFTWARE\Microsoft\Windows\Shell\Bags\1)",
               "Binary Data"),
      connection(R"(C:\Program Files\Google\Chrome\Application\chrome.exe)", "198.51.100.20", "443"),
      connection(R"(C:\Windows\System32\svchost.exe)", "192.0.2.53", "53"),
      logon("anna", "2", "-"),
      logon("ben", "3", "192.0.2.44"),
      logon("svc-backup", "5", "-"),
  };
}

std::vector<Attack> attacks() {
  return {
      {"office-macro",
       "T1204.002",
       "a document makes Word start PowerShell, hidden and encoded",
       {process(powershell, "powershell.exe -nop -w hidden -enc VwByAGkAdABlAC0ASABvAHMAdAAgACcAaABpACcA",
                word, R"(CORP\anna)"),
        connection(powershell, "203.0.113.7", "443")}},
      {"run-key",
       "T1547.001",
       "a program in the public folder starts with every logon",
       {registry(
           R"(C:\Windows\System32\reg.exe)",
           R"(HKU\S-1-5-21-1004336348-1177238915\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\Updater)",
           updater)}},
      {"lsass-access",
       "T1003.001",
       "that program opens lsass.exe to read its memory",
       {access(updater, lsass, "0x1FFFFF")}},
      {"lsass-minidump",
       "T1003.001",
       "rundll32 dumps the memory of lsass.exe with comsvcs.dll",
       {process(R"(C:\Windows\System32\rundll32.exe)",
                R"(rundll32.exe C:\Windows\System32\comsvcs.dll, MiniDump 624 C:\Windows\Temp\l.dmp full)",
                console, R"(CORP\admin-chris)")}},
      {"shadow-copies",
       "T1490",
       "shadow copies are deleted, so that nothing can be restored",
       {process(vssadmin, "vssadmin.exe delete shadows /all /quiet", console, R"(CORP\admin-chris)")}},
      {"log-clear",
       "T1070.001",
       "the security log is cleared",
       {{{{"Channel", "Security"},
          {"SourceName", "Microsoft-Windows-Eventlog"},
          {"EventID", "1102"},
          {"SubjectUserName", "admin-chris"},
          {"SubjectDomainName", "CORP"}}}}},
  };
}

}  // namespace

const Platform& windows_platform() {
  static const Platform platform = {
      "windows", "Hostname", {"ws-17", "ws-23", "srv-files-01", "dc-01"}, background(), attacks()};
  return platform;
}

}  // namespace alarum::demo
