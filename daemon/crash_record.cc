#include "daemon/crash_record.h"

#include "daemon/base/ensure.h"
#include "daemon/base/file.h"
#include "daemon/base/log.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/syscall.h>
#include <unistd.h>

namespace alarum {
namespace {

constexpr std::size_t file_bytes_max = 1U << 20U;
constexpr std::array<int, 5> own_signals = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE};

// What the handler needs. A handler has no other way to come by it; set before it is installed.
const std::deque<InHand>* handler_slots = nullptr;
int handler_descriptor = -1;

/// Text without allocation, for the handler.
class FixedText {
 public:
  void add(std::string_view text) {
    for (const char c : text) {
      if (size_ < bytes_.size()) bytes_[size_++] = c;
    }
  }
  void add(std::int64_t number) {
    std::array<char, 24> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc()) add({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 1024> bytes_{};
  std::size_t size_ = 0;
};

/// Raised by the fault itself, or by this process for itself; `kill` from a shell is neither.
bool is_own(const siginfo_t& info) {
  return info.si_code > 0 || (info.si_code == SI_TKILL && info.si_pid == getpid());
}

/// Async-signal-safe: plain reads, and write(2).
void leave_word(const siginfo_t& info) {
  const int thread = static_cast<int>(syscall(SYS_gettid));
  for (const InHand& slot : *handler_slots) {
    const Record* const record = slot.record.load(std::memory_order_relaxed);
    if (slot.thread != thread || record == nullptr || !is_own(info)) continue;
    FixedText line;
    line.add(record->coordinates.source);
    line.add("\t");
    line.add(record->coordinates.topic);
    line.add("\t");
    line.add(record->coordinates.partition);
    line.add("\t");
    line.add(record->coordinates.offset);
    line.add("\n");
    // Nothing can be done about a disk that refuses now.
    if (write(handler_descriptor, line.text().data(), line.text().size()) > 0) fdatasync(handler_descriptor);
  }
}

void on_signal(int number, siginfo_t* info, void* /*context*/) {
  leave_word(*info);
  std::signal(number, SIG_DFL);
  std::raise(number);
}

std::optional<PoisonRecord> parse_line(std::string_view line) {
  std::array<std::string_view, 4> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t end = line.find('\t');
    if ((end == std::string_view::npos) != (i + 1 == parts.size())) return std::nullopt;
    parts[i] = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  }
  PoisonRecord out{{std::string(parts[0]), std::string(parts[1]), 0}, 0};
  const auto read = [](std::string_view digits, auto& number) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (!read(parts[2], out.partition.number) || !read(parts[3], out.offset)) return std::nullopt;
  return out;
}

/// The records that `text` names behind `word`, a line each; what a crash cut short is left out.
std::set<PoisonRecord> records_of(std::string_view text, std::string_view word) {
  std::set<PoisonRecord> out;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!line.starts_with(word)) continue;
    if (const auto record = parse_line(line.substr(word.size()))) out.insert(*record);
  }
  return out;
}

/// The text of a file that may not be there.
Result<std::string> read_if_there(const std::string& path) {
  auto text = read_file(path, file_bytes_max);
  if (!text && text.error().code == ErrorCode::not_found) return std::string();
  return text;
}

std::string text_of(const std::set<PoisonRecord>& records, std::string_view word) {
  std::string out;
  for (const PoisonRecord& record : records) {
    out.append(word).append(record.partition.source).append("\t").append(record.partition.topic);
    out.append("\t").append(std::to_string(record.partition.number));
    out.append("\t").append(std::to_string(record.offset)).append("\n");
  }
  return out;
}

constexpr std::string_view generation_word = "generation\t";
constexpr std::string_view suspect_word = "suspect\t";
constexpr std::string_view poison_word = "poison\t";

std::uint64_t generation_of(std::string_view text) {
  std::uint64_t out = 0;
  if (text.starts_with(generation_word)) {
    text.remove_prefix(generation_word.size());
    std::from_chars(text.data(), text.data() + text.size(), out);
  }
  return out;
}

void tell_of(const PoisonRecord& record) {
  log::error("two processes in a row died on this record: it becomes a dead letter",
             {{"source", record.partition.source},
              {"topic", record.partition.topic},
              {"partition", std::to_string(record.partition.number)},
              {"offset", std::to_string(record.offset)}});
}

}  // namespace

// One file holds what earlier processes found, and each process leaves word of itself in a file of its own
// number: wherever a process is killed on its way, no crash is counted twice.
Result<CrashRecord> CrashRecord::open(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);  // if that fails, writing says so
  TRY(const std::string before, read_if_there(folder + "/crashes"));
  const std::uint64_t generation = generation_of(before);
  const std::string left_word = folder + "/crash." + std::to_string(generation);
  TRY(const std::string word, read_if_there(left_word));
  const auto died_on = records_of(word, "");
  const auto suspects = records_of(before, suspect_word);
  CrashRecord out(folder, generation + 1, died_on, records_of(before, poison_word));
  for (const PoisonRecord& record : died_on) {
    if (!suspects.contains(record)) continue;
    tell_of(record);
    out.poison_.insert(record);
  }
  TRY_OK(out.write());
  std::filesystem::remove(left_word, error);  // what stays behind is never looked at again
  const std::string path = folder + "/crash." + std::to_string(generation + 1);
  out.descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (out.descriptor_ < 0) return Error{ErrorCode::io, "cannot open '" + path + "': " + std::strerror(errno)};
  return out;
}

Status CrashRecord::write() const {
  return replace_file(folder_ + "/crashes", std::string(generation_word) + std::to_string(generation_) +
                                                "\n" + text_of(suspects_, suspect_word) +
                                                text_of(poison_, poison_word));
}

CrashRecord::CrashRecord(CrashRecord&& other) noexcept
    : folder_(std::move(other.folder_)),
      generation_(other.generation_),
      suspects_(std::move(other.suspects_)),
      poison_(std::move(other.poison_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

CrashRecord::~CrashRecord() {
  if (descriptor_ < 0) return;
  if (handler_descriptor == descriptor_) {
    for (const int number : own_signals) std::signal(number, SIG_DFL);
    handler_descriptor = -1;
    handler_slots = nullptr;
  }
  close(descriptor_);
}

void CrashRecord::arm(const std::deque<InHand>& slots) {
  ENSURE(handler_slots == nullptr, "one crash record is armed at a time");
  handler_slots = &slots;
  handler_descriptor = descriptor_;
  struct sigaction action = {};
  action.sa_sigaction = on_signal;
  action.sa_flags = static_cast<int>(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND);
  for (const int number : own_signals) sigaction(number, &action, nullptr);
}

Status CrashRecord::settle(const std::map<PartitionId, PartitionProgress>& committed) {
  const std::size_t before = poison_.size();
  std::erase_if(poison_, [&](const PoisonRecord& record) {
    const auto known = committed.find(record.partition);
    return known != committed.end() && record.offset < known->second.next_offset;
  });
  return poison_.size() == before ? Status() : write();
}

}  // namespace alarum
