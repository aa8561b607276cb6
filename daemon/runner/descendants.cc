#include "daemon/runner/descendants.h"

#include "daemon/base/file.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>
#include <system_error>

namespace alarum::runner {
namespace {

constexpr std::size_t stat_size_max = 4096;

std::optional<pid_t> number_in(std::string_view text) {
  pid_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

}  // namespace

std::optional<pid_t> parent_in(std::string_view stat) {
  // `42 (name) S 1 …`, where the name may have blanks and brackets; no later field has any.
  const std::size_t bracket = stat.rfind(')');
  if (bracket == std::string_view::npos || stat.size() < bracket + 5) return std::nullopt;
  const std::string_view behind = stat.substr(bracket + 4);
  return number_in(behind.substr(0, behind.find(' ')));
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> out;
  std::error_code error;
  std::filesystem::directory_iterator place("/proc", error);
  for (; !error && place != std::filesystem::directory_iterator(); place.increment(error)) {
    const auto process = number_in(place->path().filename().string());
    if (!process) continue;
    const auto stat = read_file(place->path().string() + "/stat", stat_size_max);
    if (stat && parent_in(*stat) == parent) out.push_back(*process);
  }
  return out;
}

}  // namespace alarum::runner
