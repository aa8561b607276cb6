#include "daemon/enforcer/state_record.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <span>
#include <vector>

namespace alarum::enforcer {
namespace {

using Kind = StateRecord::Kind;

struct KindName {
  Kind kind;
  std::string_view name;
  std::size_t words;  // behind the name
};

constexpr std::array<KindName, 9> kinds = {{{Kind::action, "action", 5},
                                            {Kind::end, "end", 1},
                                            {Kind::forget, "forget", 1},
                                            {Kind::protect, "protect", 2},
                                            {Kind::leave_alone, "leave_alone", 2},
                                            {Kind::unprotect, "unprotect", 1},
                                            {Kind::disarm, "disarm", 0},
                                            {Kind::panic, "panic", 0},
                                            {Kind::arm, "arm", 0}}};

constexpr Duration longest = std::chrono::hours(24);

bool has_network(Kind kind) {
  return kind == Kind::protect || kind == Kind::leave_alone || kind == Kind::unprotect;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(' ', begin), line.size());
    out.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::optional<Timestamp> time_of(std::string_view text) {
  Timestamp out;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.microseconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

/// `id target made expires active|ended`
bool take_action(std::span<const std::string_view> words, Action& into) {
  const auto target = IpNetwork::parse(words[1]);
  const auto made = time_of(words[2]);
  const auto expires = time_of(words[3]);
  if (!target || !made || !expires || *expires < *made) return false;
  if (expires->microseconds - made->microseconds > longest.count()) return false;  // nobody may ask for it
  into = {std::string(words[0]), *target, *made, *expires, words[4] == "ended"};
  return !into.id.empty() && (into.is_ended || words[4] == "active");
}

bool take(std::span<const std::string_view> words, StateRecord& into) {
  if (into.kind == Kind::action) return take_action(words, into.action);
  if (into.kind == Kind::end || into.kind == Kind::forget) into.action.id = words[0];
  if (!has_network(into.kind)) return true;
  const auto network = IpNetwork::parse(words[0]);
  const auto until = words.size() > 1 ? time_of(words[1]) : Timestamp{};
  if (network) into.network = *network;
  if (until) into.until = *until;
  return network && until;
}

}  // namespace

std::string state_line(const StateRecord& record) {
  const auto* const name = std::find_if(kinds.begin(), kinds.end(),
                                        [&](const KindName& known) { return known.kind == record.kind; });
  std::string out(name->name);
  const Action& action = record.action;
  if (record.kind == Kind::action) {
    out += " " + action.id + " " + action.target.to_text() + " " + std::to_string(action.made.microseconds) +
           " " + std::to_string(action.expires.microseconds) + (action.is_ended ? " ended" : " active");
  }
  if (record.kind == Kind::end || record.kind == Kind::forget) out += " " + action.id;
  if (has_network(record.kind)) out += " " + record.network.to_text();
  if (record.kind == Kind::protect || record.kind == Kind::leave_alone)
    out += " " + std::to_string(record.until.microseconds);
  return out;
}

Result<StateRecord> parse_state_line(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  const auto* const kind =
      std::find_if(kinds.begin(), kinds.end(), [&](const KindName& known) { return known.name == words[0]; });
  StateRecord out;
  if (kind != kinds.end()) out.kind = kind->kind;
  const bool is_record =
      kind != kinds.end() && words.size() == kind->words + 1 && take(std::span(words).subspan(1), out);
  if (!is_record) return Error{ErrorCode::invalid, "this is no line of a state"};
  return out;
}

}  // namespace alarum::enforcer
