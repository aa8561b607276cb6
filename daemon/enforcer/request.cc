#include "daemon/enforcer/request.h"

#include "config/quantity.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace alarum::enforcer {
namespace {

/// What one key may hold, and how it gets into the request; false where it does not.
using Take = bool (*)(std::string_view value, Request& into);

struct Key {
  std::string_view name;
  Take take;
  std::string_view expectation;
};

struct VerbKeys {
  Verb verb;
  std::string_view name;
  std::array<std::string_view, 2> required;  // empty texts fill it up
  std::array<std::string_view, 2> optional;
  std::array<std::string_view, 2> one_of;  // exactly one of them
};

constexpr std::size_t action_id_size_max = 64;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_value_character(char c) {
  return is_letter_or_digit(c) || c == '.' || c == ':' || c == '/' || c == '_' || c == '-';
}

bool take_action(std::string_view value, Request& into) {
  const bool is_id = value.size() <= action_id_size_max &&
                     std::all_of(value.begin(), value.end(),
                                 [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; });
  into.action_id = is_id ? value : "";
  return is_id;
}

bool take_target(std::string_view value, Request& into) {
  into.target = IpNetwork::parse(value);
  return into.target.has_value();
}

bool take_duration(std::string_view value, Request& into) {
  if (const auto microseconds = parse_duration(value)) into.duration = Duration(*microseconds);
  return into.duration && *into.duration > Duration(0);
}

bool take_until(std::string_view value, Request& into) {
  const auto civil = parse_civil_time(value);
  if (!civil || !civil->offset_minutes) return false;  // without a zone it would be another time elsewhere
  into.until = to_timestamp(*civil);
  return true;
}

bool take_after(std::string_view value, Request& into) {
  into.after = IpNetwork::parse(value);
  return into.after.has_value();
}

constexpr std::array<std::pair<std::string_view, ListKind>, 3> kinds = {
    {{"blocks", ListKind::blocks},
     {"protections", ListKind::protections},
     {"left_alone", ListKind::left_alone}}};

bool take_kind(std::string_view value, Request& into) {
  const auto* const found =
      std::find_if(kinds.begin(), kinds.end(), [&](const auto& known) { return known.first == value; });
  if (found != kinds.end()) into.kind = found->second;
  return found != kinds.end();
}

constexpr std::array<Key, 6> keys = {{
    {"action", take_action, "an id of up to 64 a-z A-Z 0-9 _ -"},
    {"target", take_target, "an address or a network with nothing set behind its prefix"},
    {"for", take_duration, "a duration like 90s, 15m or 24h"},
    {"until", take_until, "a time with its zone like 2026-01-02T03:04:05Z"},
    {"after", take_after, "an address or a network"},
    {"kind", take_kind, "blocks, protections or left_alone"},
}};

constexpr std::array<VerbKeys, 8> verbs = {{
    {Verb::block, "block", {"action", "target"}, {"for"}, {}},
    {Verb::unblock, "unblock", {}, {}, {"action", "target"}},
    {Verb::protect, "protect", {"target", "until"}, {}, {}},
    {Verb::unprotect, "unprotect", {"target"}, {}, {}},
    {Verb::list, "list", {}, {"kind", "after"}, {}},
    {Verb::status, "status", {}, {}, {}},
    {Verb::panic, "panic", {}, {}, {}},
    {Verb::arm, "arm", {}, {}, {}},
}};

bool holds(const std::array<std::string_view, 2>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Error refused(std::string sentence) { return {ErrorCode::invalid, std::move(sentence)}; }

/// Reads `key=value`, which the verb has to know and which may not have been there before.
Status take(std::string_view word, const VerbKeys& verb, unsigned& seen, Request& into) {
  const std::size_t sign = word.find('=');
  if (sign == std::string_view::npos) return refused("a word is not key=value");
  const std::string_view name = word.substr(0, sign);
  const std::string_view value = word.substr(sign + 1);
  const auto* const key =
      std::find_if(keys.begin(), keys.end(), [&](const Key& known) { return known.name == name; });
  const bool goes = holds(verb.required, name) || holds(verb.one_of, name) || holds(verb.optional, name);
  if (key == keys.end() || !goes) return refused("a key that '" + std::string(verb.name) + "' does not take");
  const unsigned bit = 1U << static_cast<unsigned>(std::distance(keys.begin(), key));
  if ((seen & bit) != 0) return refused("'" + std::string(name) + "' is there twice");
  seen |= bit;
  if (value.empty() || !std::all_of(value.begin(), value.end(), is_value_character) ||
      !key->take(value, into))
    return refused("'" + std::string(name) + "' takes " + std::string(key->expectation));
  return {};
}

/// How many of these keys were there.
std::size_t count(const std::array<std::string_view, 2>& names, unsigned seen) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if ((seen & (1U << i)) != 0 && holds(names, keys[i].name)) ++out;
  }
  return out;
}

std::size_t size_of(const std::array<std::string_view, 2>& names) {
  return static_cast<std::size_t>(
      std::count_if(names.begin(), names.end(), [](std::string_view name) { return !name.empty(); }));
}

Status check_complete(const VerbKeys& verb, unsigned seen) {
  if (count(verb.required, seen) != size_of(verb.required))
    return refused("'" + std::string(verb.name) + "' takes " + std::string(verb.required[0]) + "=" +
                   (verb.required[1].empty() ? "" : " and " + std::string(verb.required[1]) + "="));
  if (size_of(verb.one_of) > 0 && count(verb.one_of, seen) != 1)
    return refused("'" + std::string(verb.name) + "' takes either " + std::string(verb.one_of[0]) + "= or " +
                   std::string(verb.one_of[1]) + "=");
  return {};
}

}  // namespace

Result<Request> parse_request(std::string_view bytes) {
  if (bytes.size() > request_bytes_max) return refused("a request has at most 4096 bytes");
  std::size_t end = std::min(bytes.find(' '), bytes.size());
  const std::string_view name = bytes.substr(0, end);
  const auto* const verb =
      std::find_if(verbs.begin(), verbs.end(), [&](const VerbKeys& known) { return known.name == name; });
  if (verb == verbs.end())
    return refused("the verb is none of block, unblock, protect, unprotect, list, status, panic, arm");
  Request out;
  out.verb = verb->verb;
  unsigned seen = 0;
  while (end < bytes.size()) {
    const std::size_t begin = end + 1;
    end = std::min(bytes.find(' ', begin), bytes.size());
    TRY_OK(take(bytes.substr(begin, end - begin), *verb, seen, out));
  }
  TRY_OK(check_complete(*verb, seen));
  return out;
}

std::string request_text(const Request& request) {
  const auto* const verb = std::find_if(verbs.begin(), verbs.end(),
                                        [&](const VerbKeys& known) { return known.verb == request.verb; });
  std::string out(verb->name);
  if (!request.action_id.empty()) out += " action=" + request.action_id;
  if (request.target) out += " target=" + request.target->to_text();
  if (request.duration) out += " for=" + duration_text(request.duration->count());
  if (request.until) out += " until=" + format_time(*request.until);
  for (const auto& [name, kind] : kinds) {
    if (request.kind == kind && kind != ListKind::blocks) out += " kind=" + std::string(name);
  }
  if (request.after) out += " after=" + request.after->to_text();
  return out;
}

}  // namespace alarum::enforcer
