#include "config/askers.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <pwd.h>
#include <string>
#include <string_view>

namespace alarum {
namespace {

constexpr std::string_view unknown_name = "unknown_name";

std::optional<uid_t> find_user(const std::string& name) {
  const passwd* const found = getpwnam(name.c_str());
  return found == nullptr ? std::nullopt : std::optional(found->pw_uid);
}

std::optional<gid_t> find_group(const std::string& name) {
  const auto found = group_named(name);
  return found ? std::optional(*found) : std::nullopt;
}

/// Numbers of what the system calls so.
template <class Id, class LookUp>
std::vector<Id> read_ids(const Settings& settings, std::string_view path, const LookUp& look_up) {
  std::vector<Id> out;
  for (const std::string& text : settings.value(path).texts) {
    Id number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    const std::optional<Id> id = is_number ? std::optional(number) : look_up(text);
    if (id) out.push_back(*id);
    if (!id) settings.refuse_value(path, "this system knows no '" + text + "'", unknown_name);
  }
  return out;
}

}  // namespace

bool Askers::admit(const PeerCredentials& peer) const {
  const auto holds = [](const auto& list, const auto& id) {
    return std::find(list.begin(), list.end(), id) != list.end();
  };
  return peer.user == 0 || holds(users, peer.user) ||
         std::any_of(peer.groups.begin(), peer.groups.end(),
                     [&](gid_t group) { return holds(groups, group); });
}

const Section& askers_options() {
  static const Section section = {
      .options = {
          {.name = "users",
           .type = Option::Type::text_list,
           .default_value = {"alarum"},
           .help = "Users whose requests are heard: local names, or numbers; root's always are."},
          {.name = "groups",
           .type = Option::Type::text_list,
           .help = "Groups whose members' requests are heard: local names, or numbers."},
      }};
  return section;
}

Askers read_askers(const Settings& settings) {
  return {read_ids<uid_t>(settings, "askers.users", find_user),
          read_ids<gid_t>(settings, "askers.groups", find_group)};
}

bool only_names_are_unknown(std::span<const Diagnostic> problems) {
  return has_errors(problems) && std::all_of(problems.begin(), problems.end(), [](const Diagnostic& problem) {
           return problem.severity != Severity::error || problem.reason == unknown_name;
         });
}

}  // namespace alarum
