#include "config/option.h"

#include "config/address.h"
#include "config/quantity.h"
#include "daemon/base/ensure.h"
#include "daemon/base/ip_address.h"
#include "daemon/base/time.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace alarum {
namespace {

using Type = Option::Type;

constexpr std::size_t name_size_max = 64;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_size_max &&
         std::all_of(text.begin(), text.end(), is_name_character);
}

bool is_word(const Option& option, std::string_view text) {
  return std::find(option.words.begin(), option.words.end(), text) != option.words.end();
}

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> in_range(const Option& option, std::optional<std::int64_t> number) {
  return number && *number >= option.min && *number <= option.max ? number : std::nullopt;
}

/// A text that says a number has that number; another one that the option takes has 0.
std::optional<std::int64_t> parse_text(const Option& option, std::string_view text) {
  const auto zero_if = [](bool is_good) { return is_good ? std::optional<std::int64_t>(0) : std::nullopt; };
  switch (option.type) {
    case Type::text_list: return 0;
    case Type::text:
    case Type::attributes: return zero_if(!text.empty());
    case Type::name: return zero_if(is_name(text));
    case Type::count: return in_range(option, parse_count(text));
    case Type::size: return in_range(option, parse_size(text));
    case Type::duration: return in_range(option, parse_duration(text));
    case Type::word: return zero_if(is_word(option, text));
    case Type::word_or_time: break;
    case Type::network_list: return zero_if(IpNetwork::parse(text).has_value());
    case Type::address:
    case Type::address_list: {
      const auto address = parse_address(text);
      return zero_if(address && address->port >= option.min);
    }
    default: return std::nullopt;
  }
  if (is_word(option, text)) return 0;
  const auto civil = parse_civil_time(text);
  // A time without its zone would mean another record on another machine.
  if (!civil || !civil->offset_minutes) return std::nullopt;
  return to_timestamp(*civil).microseconds;
}

std::string words_text(const Option& option) {
  std::string out;
  for (const std::string_view word : option.words) out.append(" ").append(word);
  return out;
}

Error refused(const Option& option, std::string_view path, std::string_view text) {
  for (const RefusedProperty& word : option.refused) {
    if (option.type == Type::word && word.part == text)
      return {ErrorCode::unsupported, "'" + std::string(path) + "': '" + std::string(text) + "' " +
                                          std::string(word.why) + "; " + std::string(word.hint)};
  }
  return {ErrorCode::invalid,
          "'" + std::string(path) + "' takes " + expectation(option) + ", not '" + std::string(text) + "'"};
}

}  // namespace

bool is_list(const Option& option) {
  return option.type == Type::text_list || option.type == Type::address_list ||
         option.type == Type::network_list;
}

bool is_section_list(const Option& option) {
  return option.type == Type::section_list || option.type == Type::short_list;
}

bool is_nested(const Option& option) {
  return option.type == Type::properties || option.type == Type::property_files ||
         option.type == Type::section || option.type == Type::selection || is_section_list(option);
}

std::string expectation(const Option& option) {
  const auto range = [&](const auto& spell) {
    return " from " + std::string(spell(option.min)) + " to " + std::string(spell(option.max));
  };
  switch (option.type) {
    case Type::text: return "a text";
    case Type::text_list: return "a list of texts";
    case Type::name: return "a name of up to 64 a-z 0-9 . _ -";
    case Type::count:
      return "a whole number" + range([](std::int64_t number) { return std::to_string(number); });
    case Type::size: return "a size" + range(size_text);
    case Type::duration: return "a duration" + range(duration_text);
    case Type::word: return "one of" + words_text(option);
    case Type::word_or_time: return "one of" + words_text(option) + ", or a time like 2026-01-02T03:04:05Z";
    case Type::address: return "an address host:port";
    case Type::address_list: return "a list of addresses host:port";
    case Type::network_list: return "a list of addresses and networks";
    case Type::attributes: return "a text, or a mapping of some of" + words_text(option);
    case Type::properties: return "a mapping of names to texts";
    case Type::property_files: return "a mapping of names to files";
    case Type::section: return "a section";
    case Type::selection: return "a Sigma selection";
    case Type::section_list:
    case Type::short_list: break;
  }
  return "a list of sections";
}

Result<OptionValue> parse_value(const Option& option, std::string_view path,
                                std::span<const std::string> texts) {
  OptionValue out;
  out.texts.assign(texts.begin(), texts.end());
  if (!is_list(option) && texts.size() != 1) return refused(option, path, texts.empty() ? "" : "a list");
  for (const std::string& text : texts) {
    const auto number = parse_text(option, text);
    if (!number) return refused(option, path, text);
    out.number = *number;
  }
  return out;
}

const Option& option_at(const Section& section, std::string_view path) {
  const std::size_t point = std::min(path.find('.'), path.size());
  const auto found = std::find_if(section.options.begin(), section.options.end(),
                                  [&](const Option& option) { return option.name == path.substr(0, point); });
  ENSURE(found != section.options.end(), "an option that is asked for is described");
  return point == path.size() ? *found : option_at(*found->section, path.substr(point + 1));
}

}  // namespace alarum
