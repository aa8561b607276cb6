#include "daemon/enforcer/clock_memory.h"

#include "daemon/base/file.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace alarum::enforcer {
namespace {

constexpr std::size_t file_bytes_max = 128;

std::optional<Duration> duration_of(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return Duration(out);
}

/// Which boot this is, for a file that a reboot does not take away; `-` in the unit, which sees nothing of
/// /proc but processes, and whose /run is new at each boot.
std::string boot_id() {
  const auto text = read_file("/proc/sys/kernel/random/boot_id", file_bytes_max);
  return text ? text->substr(0, text->find('\n')) : "-";
}

}  // namespace

std::optional<Duration> ClockMemory::recall(Duration steady) const {
  const auto text = read_file(path_, file_bytes_max);
  if (!text) return std::nullopt;
  const std::string_view words = *text;
  const std::size_t first = words.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : words.find(' ', first + 1);
  if (second == std::string_view::npos || words.substr(second + 1) != boot_id() + "\n") return std::nullopt;
  const auto ahead = duration_of(words.substr(0, first));
  const auto kept_at = duration_of(words.substr(first + 1, second - first - 1));
  return kept_at && *kept_at <= steady ? ahead : std::nullopt;
}

Status ClockMemory::keep(Duration ahead, Duration steady) const {
  return replace_file(
      path_, std::to_string(ahead.count()) + " " + std::to_string(steady.count()) + " " + boot_id() + "\n");
}

}  // namespace alarum::enforcer
