#pragma once

#include "config/diagnostic.h"
#include "daemon/base/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What can be configured, described once: parsing, checking, the default, the commented default file and the
/// reference page all come from these descriptions. They form a tree: a section is a table of options, and an
/// option may be a section or a list of them. Only what something reads may be an option.
namespace alarum {

struct Section;
struct YamlNode;

/// Properties that may not stand in a configuration, and words that an option does not take for a reason.
struct RefusedProperty {
  std::string_view part;  ///< of the name; the whole word
  std::string_view why;   ///< goes on after the name: `is a secret`
  std::string_view hint;  ///< the way out; `%` stands for the name
};

/// One key of a section.
struct Option {
  enum class Type {
    text,            ///< one text that is not empty
    text_list,       ///< a list of texts
    name,            ///< what an entry of a list is called: up to 64 of a-z 0-9 - _ .
    count,           ///< a whole number
    size,            ///< bytes: a whole number, with B, KiB, MiB or GiB behind it or not
    duration,        ///< a whole number with ms, s, m, h or d behind it
    word,            ///< one of a few words
    word_or_time,    ///< one of a few words, or a point in time (RFC 3339)
    address,         ///< `host:port`
    address_list,    ///< a list of them
    network_list,    ///< a list of IP addresses and of networks in CIDR notation
    attributes,      ///< a text, or a mapping of `words` to texts that becomes `word=text,word=text`
    properties,      ///< a mapping of names to texts, in its order
    property_files,  ///< a mapping of names to the paths of files that hold their texts
    section,         ///< a mapping of the keys of `section`
    section_list,    ///< a list of such mappings; the first key is a `name`, and no two are alike
    short_list,      ///< a list of such mappings; one of its first key alone may be written as that text
    selection,       ///< a Sigma selection: a mapping or a list, which only its reader understands
  };

  std::string_view name;  ///< the key
  Type type = Type::text;
  std::vector<std::string_view> default_value = {};  ///< as written: one text, or those of a list; or none
  bool is_required = false;                          ///< wherever the section is written
  std::int64_t min = 0;  ///< of a number, of a duration in microseconds, of a port, of the length of a list
  std::int64_t max = 0;
  std::vector<std::string_view> words = {};
  std::vector<std::string_view> kinds = {};  ///< goes with these values of `kind` beside it; empty: with all
  std::vector<RefusedProperty> refused = {};
  const Section* section = nullptr;
  std::string_view example = {};  ///< YAML for the default file, where there is no default
  std::string_view help;          ///< one or two sentences
};

/// The keys of one mapping.
struct Section {
  std::vector<Option> options;
  std::vector<std::string_view> at_most_one = {};  ///< keys that exclude each other
};

/// A text with a name, and where that stands.
struct NamedText {
  std::string name;
  std::string text;
  Position position;
};

/// What an option is set to.
struct OptionValue {
  std::vector<std::string> texts;        ///< of a list; otherwise the one text that was written
  std::int64_t number = 0;               ///< of a count or size; microseconds of a duration or point in time
  std::vector<NamedText> named_texts;    ///< of properties, in their order
  std::shared_ptr<const YamlNode> node;  ///< of a selection, as it is written; else null

  /// The text, or an empty one where the option is not set.
  std::string text() const { return texts.empty() ? std::string() : texts.front(); }
};

/// Whether the option takes several texts.
bool is_list(const Option& option);
/// Whether the option takes a list of mappings, each with the keys of `section`.
bool is_section_list(const Option& option);
/// Whether the option takes a mapping or a list of mappings, which texts alone cannot set.
bool is_nested(const Option& option);

/// Reads and checks a value that consists of texts; the error says what the option takes, and calls it
/// `path`.
Result<OptionValue> parse_value(const Option& option, std::string_view path,
                                std::span<const std::string> texts);

/// What the option takes, for people: `a size from 1KiB to 256MiB`.
std::string expectation(const Option& option);

/// The option that `path` names below `section` (`rules.paths`); it has to be described.
const Option& option_at(const Section& section, std::string_view path);

}  // namespace alarum
