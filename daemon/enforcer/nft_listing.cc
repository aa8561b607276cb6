#include "daemon/enforcer/nft_listing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace alarum::enforcer {
namespace {

struct Unit {
  std::string_view name;
  Duration value;
};

// `ms` before `m`, which it begins with.
constexpr std::array<Unit, 5> units = {{{"d", std::chrono::hours(24)},
                                        {"h", std::chrono::hours(1)},
                                        {"ms", std::chrono::milliseconds(1)},
                                        {"m", std::chrono::minutes(1)},
                                        {"s", std::chrono::seconds(1)}}};

/// Longer than any timeout of ours, and short enough that sums of a few stay within a Duration.
constexpr Duration longest = std::chrono::hours(24 * 365 * 100);

constexpr std::string_view spaces = " \t\n";

/// The next word of `text`, which it is taken from; a comma ends a word.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \t\n,"));
  text.remove_prefix(word.size());
  return word;
}

Error not_understood(std::string_view what) {
  return {ErrorCode::invalid, "nft lists '" + std::string(what) + "', which is no element of ours"};
}

/// `192.0.2.0/24 timeout 15m expires 14m59s`, without the comma behind it.
Result<TableEntry> parse_element(std::string_view text) {
  const std::string_view whole = text;
  const auto target = IpNetwork::parse(take_word(text));
  if (!target) return not_understood(whole);
  TableEntry out{*target, std::nullopt};
  for (;;) {
    const std::string_view word = take_word(text);
    if (word.empty()) return out;
    const auto duration = parse_nft_duration(take_word(text));
    if (!duration || (word != "timeout" && word != "expires")) return not_understood(whole);
    if (word == "expires") out.left = duration;
  }
}

/// The elements between the braces of `elements = { … }`, in the set of this name.
Status take_elements(std::string_view text, std::string_view set, std::vector<TableEntry>& into) {
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view element = text.substr(0, comma);
    TRY(const TableEntry entry, parse_element(element));
    if (nft_set_of(entry.target) != set)
      return not_understood(std::string(element) + "' in the set '" + std::string(set));
    into.push_back(entry);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return {};
}

}  // namespace

std::optional<Duration> parse_nft_duration(std::string_view text) {
  Duration out{0};
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto* const unit = std::find_if(units.begin(), units.end(),
                                          [&](const Unit& known) { return text.starts_with(known.name); });
    if (unit == units.end()) return std::nullopt;
    text.remove_prefix(unit->name.size());
    if (number > longest / unit->value) return std::nullopt;
    out += number * unit->value;
    if (out > longest) return std::nullopt;
  }
  return out;
}

std::string_view nft_set_of(const IpNetwork& target) {
  if (target.is_ipv4()) return target.is_single() ? "b4" : "c4";
  return target.is_single() ? "b6" : "c6";
}

Result<NftListing> parse_nft_listing(std::string_view text) {
  constexpr std::string_view set_opening = "\tset ";
  constexpr std::string_view elements_opening = "\t\telements = {";
  constexpr std::string_view counted = "\t\tpackets ";
  NftListing out;
  std::string_view set;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
    if (line.starts_with(elements_opening)) {
      const std::size_t end = text.find('}');
      if (end == std::string_view::npos) return not_understood(line);
      TRY_OK(take_elements(text.substr(elements_opening.size(), end - elements_opening.size()), set,
                           out.entries));
      text.remove_prefix(std::min(text.find('\n', end), text.size() - 1) + 1);
      continue;
    }
    if (line.starts_with(set_opening)) {
      set = line.substr(set_opening.size());
      set = set.substr(0, set.find(' '));
    }
    if (!line.starts_with(counted)) out.skeleton += line;
    text.remove_prefix(line.size());
  }
  return out;
}

}  // namespace alarum::enforcer
