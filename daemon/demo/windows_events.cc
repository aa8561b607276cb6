// The background holds near misses on purpose: Word with a printer, an administrator's PowerShell, shadow
// copies that are listed, lsass.exe opened by those who may. A rule that fires on them is too wide.
#include "daemon/demo/windows_events.h"

#include "daemon/demo/windows_event_kinds.h"

#include <array>
#include <type_traits>

namespace alarum::demo {
namespace {

constexpr std::string_view chrome = R"(C:\Program Files\Google\Chrome\Application\chrome.exe)";
constexpr std::string_view console = R"(C:\Windows\System32\cmd.exe)";
constexpr std::string_view excel = R"(C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE)";
constexpr std::string_view explorer = R"(C:\Windows\explorer.exe)";
constexpr std::string_view lsass = R"(C:\Windows\System32\lsass.exe)";
constexpr std::string_view one_drive = R"(C:\Program Files\Microsoft OneDrive\OneDrive.exe)";
constexpr std::string_view outlook = R"(C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE)";
constexpr std::string_view powershell = R"(C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe)";
constexpr std::string_view rundll32 = R"(C:\Windows\System32\rundll32.exe)";
constexpr std::string_view services = R"(C:\Windows\System32\services.exe)";
constexpr std::string_view svchost = R"(C:\Windows\System32\svchost.exe)";
constexpr std::string_view vssadmin = R"(C:\Windows\System32\vssadmin.exe)";
constexpr std::string_view word = R"(C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE)";

constexpr std::string_view system_account = R"(NT AUTHORITY\SYSTEM)";
constexpr std::string_view admin_account = "admin-chris";
constexpr std::string_view admin = R"(CORP\admin-chris)";

constexpr WindowsHost workstation = {"ws-17", "anna", "192.0.2.17"};
constexpr WindowsHost file_server = {"srv-files-01", "svc-backup", "192.0.2.5"};
constexpr WindowsHost domain_controller = {"dc-01", admin_account, "192.0.2.2"};
constexpr std::array<WindowsHost, 4> hosts = {
    {workstation, {"ws-23", "ben", "192.0.2.23"}, file_server, domain_controller}};

constexpr std::array processes = {
    ProcessStart{10, chrome, R"("chrome.exe" --type=renderer --renderer-client-id={number})", chrome, ""},
    ProcessStart{10, svchost, R"(C:\Windows\System32\svchost.exe -k netsvcs -p -s Schedule)", services,
                 system_account},
    ProcessStart{6, R"(C:\Windows\System32\backgroundTaskHost.exe)",
                 R"("C:\Windows\System32\backgroundTaskHost.exe" -ServerName:App.AppX{number}.mca)", svchost,
                 ""},
    ProcessStart{6, R"(C:\Windows\System32\SearchProtocolHost.exe)",
                 R"("C:\Windows\System32\SearchProtocolHost.exe" Global\UsGthrFltPipeMssGthrPipe{number}_)",
                 R"(C:\Windows\System32\SearchIndexer.exe)", system_account},
    ProcessStart{5, outlook, R"("OUTLOOK.EXE")", explorer, ""},
    ProcessStart{4, R"(C:\Windows\System32\notepad.exe)",
                 R"("C:\Windows\System32\notepad.exe" C:\Users\{user}\Desktop\{word}.txt)", explorer, ""},
    ProcessStart{3, R"(C:\Windows\System32\taskhostw.exe)", "taskhostw.exe", svchost, system_account},
    ProcessStart{2, R"(C:\Windows\System32\ipconfig.exe)", "ipconfig /all", console, admin},
    // Near misses.
    ProcessStart{5, word, R"("WINWORD.EXE" /n "C:\Users\{user}\Documents\{word}-{number}.docx" /o "")",
                 explorer, ""},
    ProcessStart{3, R"(C:\Windows\splwow64.exe)", R"(C:\Windows\splwow64.exe 12288)", word, ""},
    ProcessStart{2, console, R"(C:\Windows\System32\cmd.exe /c \\srv-files-01\finance\refresh.cmd)", excel,
                 ""},
    ProcessStart{3, powershell, R"(powershell.exe -NoProfile -File C:\Admin\{word}.ps1)", console, admin},
    ProcessStart{2, powershell, R"(powershell.exe Get-Service -Name Spooler)", console, admin},
    ProcessStart{2, vssadmin, "vssadmin list shadows", console, admin},
    ProcessStart{1, R"(C:\Windows\System32\wevtutil.exe)", "wevtutil gl Security", console, admin},
    ProcessStart{2, rundll32, R"(rundll32.exe shell32.dll,Control_RunDLL desk.cpl)", explorer, ""},
    ProcessStart{1, R"(C:\Windows\System32\regsvr32.exe)", R"(regsvr32 /s C:\Windows\System32\comsvcs.dll)",
                 console, admin},
    ProcessStart{1, powershell, R"(powershell.exe Set-MpPreference -DisableRealtimeMonitoring $false)",
                 console, admin},
    ProcessStart{1, R"(C:\Windows\System32\sc.exe)", "sc query WinDefend", console, admin},
};

constexpr std::array connections = {
    Connection{10, chrome, "198.51.100.20", 443},   Connection{6, chrome, "198.51.100.77", 443},
    Connection{6, svchost, "192.0.2.2", 53},        Connection{4, outlook, "198.51.100.5", 443},
    Connection{4, explorer, "192.0.2.5", 445},      Connection{3, lsass, "192.0.2.2", 88},
    Connection{3, one_drive, "198.51.100.90", 443}, Connection{2, svchost, "192.0.2.44", 3389, false},
};

constexpr std::array accesses = {
    ProcessAccess{6, svchost, R"(C:\Windows\System32\spoolsv.exe)", "0x1400"},
    ProcessAccess{4, R"(C:\Windows\System32\csrss.exe)", explorer, "0x1FFFFF"},
    // Near misses.
    ProcessAccess{6, R"(C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.2410.5-0\MsMpEng.exe)", lsass,
                  "0x1000"},
    ProcessAccess{3, R"(C:\Windows\System32\wbem\WmiPrvSE.exe)", lsass, "0x1410"},
    ProcessAccess{3, svchost, lsass, "0x1000"},
    ProcessAccess{2, R"(C:\Users\{user}\AppData\Local\Microsoft\Teams\current\Teams.exe)", lsass, "0x1000"},
};

constexpr std::array files = {
    FileCreation{6, chrome,
                 R"(C:\Users\{user}\AppData\Local\Google\Chrome\User Data\Default\Cache\f_{number})"},
    FileCreation{4, word, R"(C:\Users\{user}\Documents\~${word}.docx)"},
    FileCreation{4, outlook, R"(C:\Users\{user}\AppData\Local\Microsoft\Outlook\{word}-{number}.ost.tmp)"},
    FileCreation{4, svchost, R"(C:\Windows\Prefetch\CHROME.EXE-{number}.pf)"},
    FileCreation{2, chrome, R"(C:\Users\{user}\Downloads\{word}-{number}.pdf)"},
    FileCreation{1, R"(C:\Windows\System32\WerFault.exe)",
                 R"(C:\ProgramData\Microsoft\Windows\WER\Temp\WER{number}.tmp.dmp)"},
};

constexpr std::array registry_values = {
    RegistryValue{6, explorer,
                  R"(HKU\{sid}\SOFTWARE\Microsoft\Windows\Shell\Bags\{number}\Shell\SniffedFolderType)",
                  "Documents"},
    RegistryValue{5, svchost,
                  R"(HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Notifications\Data\{number})",
                  "Binary Data"},
    RegistryValue{4, explorer,
                  R"(HKU\{sid}\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\RecentDocs\{number})",
                  "Binary Data"},
    // Near misses.
    RegistryValue{2, one_drive, R"(HKU\{sid}\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\OneDrive)",
                  R"("C:\Program Files\Microsoft OneDrive\OneDrive.exe" /background)"},
    RegistryValue{1, R"(C:\Windows\System32\msiexec.exe)",
                  R"(HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\RunOnce\Setup)",
                  R"(C:\Windows\Temp\setup\finish.exe)"},
    RegistryValue{1, explorer, R"(HKU\{sid}\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\RunMRU\a)",
                  R"(C:\Users\Public\readme.txt)"},
};

constexpr std::array logons = {
    Logon{6, "", "2", "User32 "},
    Logon{8, "", "3", "Kerberos"},
    Logon{3, "svc-backup", "5", "Advapi  "},
    Logon{2, admin_account, "10", "User32 "},
};

constexpr std::array<std::string_view, 4> service_names = {"Windows Update", "Print Spooler",
                                                           "WMI Performance Adapter", "Volume Shadow Copy"};
constexpr std::array<std::string_view, 2> service_states = {"running", "stopped"};

/// A background event: a row of `Rows` on one of the hosts. Draws one after the other, since the order in
/// which arguments of a call are evaluated is the compiler's choice.
template <const auto& Rows, auto Make>
StoryEvent one_of(Scene& scene) {
  using Row = typename std::remove_cvref_t<decltype(Rows)>::value_type;
  const Row& row = pick_weighted(std::span<const Row>(Rows), scene.random);
  return Make(row, scene.random.pick(std::span<const WindowsHost>(hosts)), scene);
}

StoryEvent service_state(Scene& scene) {
  const std::string_view service = scene.random.pick(std::span<const std::string_view>(service_names));
  const std::string_view state = scene.random.pick(std::span<const std::string_view>(service_states));
  return system_service_state(service, state, scene.random.pick(std::span<const WindowsHost>(hosts)), scene);
}

/// A near miss: another provider's event with the number that a cleared security log has.
StoryEvent remote_desktop(Scene& scene) { return remote_desktop_client("dc-01", workstation, scene); }

constexpr std::array background = {
    BackgroundKind{30, one_of<processes, sysmon_process>},
    BackgroundKind{22, one_of<connections, sysmon_connection>},
    BackgroundKind{14, one_of<files, sysmon_file>},
    BackgroundKind{12, one_of<registry_values, sysmon_registry_value>},
    BackgroundKind{10, one_of<accesses, sysmon_process_access>},
    BackgroundKind{8, one_of<logons, security_logon>},
    BackgroundKind{8, one_of<processes, security_process>},
    BackgroundKind{3, service_state},
    BackgroundKind{1, remote_desktop},
};

constexpr ProcessStart minidump = {
    1, rundll32, R"(rundll32.exe C:\Windows\System32\comsvcs.dll, MiniDump 624 C:\Windows\Temp\l.dmp full)",
    console, admin};
constexpr ProcessStart process_search = {1, R"(C:\Windows\System32\tasklist.exe)",
                                         R"(tasklist /fi "imagename eq lsass.exe")", console, admin};
constexpr ProcessAccess minidump_access = {1, rundll32, lsass, "0x1FFFFF"};
constexpr FileCreation minidump_file = {1, rundll32, R"(C:\Windows\Temp\l.dmp)"};

constexpr std::array<std::string_view, 2> minidump_rules = {
    "c1f7a0ce-0f2e-4a55-8f43-62f5f0a4f0b2",  // LSASS Memory Dumped With comsvcs.dll
    "8f4f2f4b-0b8d-4f0e-8a55-1a6f5d1b9f37",  // LSASS Opened for Reading by an Unusual Program
};
constexpr std::array<EventMaker, 4> minidump_steps = {
    [](Scene& scene) { return sysmon_process(process_search, workstation, scene); },
    [](Scene& scene) { return sysmon_process(minidump, workstation, scene); },
    [](Scene& scene) { return sysmon_process_access(minidump_access, workstation, scene); },
    [](Scene& scene) { return sysmon_file(minidump_file, workstation, scene); },
};
constexpr std::array attack_scripts = {
    AttackScript{{"lsass-minidump", Platform::windows_hosts, "T1003.001",
                  "rundll32 writes the memory of lsass.exe to a file with comsvcs.dll", minidump_rules},
                 minidump_steps}};

}  // namespace

Script windows_script() { return {background, attack_scripts}; }

}  // namespace alarum::demo
