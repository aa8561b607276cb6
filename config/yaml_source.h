#pragma once

#include "config/diagnostic.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// YAML as people write it for us, with the place of every node: the wall around libyaml, which reads
/// strictly. Anchors, aliases and tags are refused, since rules need none and bombs are made of them; size
/// and depth are capped. Scalars keep their text; what a plain one means follows the core schema of YAML 1.2
/// (§10.3), so `yes` and `0777` are text and a number of value 777, not a boolean and an octal.
namespace alarum {

struct YamlMember;

/// A scalar, a sequence or a mapping. Owns its parts.
struct YamlNode {
  enum class Kind { scalar, sequence, mapping };

  Kind kind = Kind::scalar;         ///< says which of the parts below are used
  bool quoted = false;              ///< a scalar in quotes or a block scalar: always text
  std::string text;                 ///< of a scalar
  std::vector<YamlNode> items;      ///< of a sequence
  std::vector<YamlMember> members;  ///< of a mapping, in the order of the file, keys unique
  Position start;
  Position end;
  std::size_t start_offset = 0;  ///< bytes from the start of the file
  std::size_t end_offset = 0;

  /// Which of the three it is.
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_sequence() const { return kind == Kind::sequence; }
  bool is_mapping() const { return kind == Kind::mapping; }

  /// The value of member `key` of a mapping, or null.
  const YamlNode* find(std::string_view key) const;

  /// A plain scalar that says null: empty, `~`, `null`, `Null`, `NULL`.
  bool is_null() const;
  /// A plain scalar that says true or false (`true`, `True`, `TRUE`, …).
  std::optional<bool> as_bool() const;
  /// The decimal spelling of a plain scalar that says a number; `0x1F` and `0o17` are turned into decimal.
  /// Infinity and NaN are no numbers here.
  std::optional<std::string> as_number() const;

  /// "a mapping", "a list", "text", "a number", …, for messages.
  std::string_view kind_name() const;
};

/// A key of a mapping, with what stands there.
struct YamlMember {
  YamlNode key;  ///< always a scalar
  YamlNode value;
};

/// One document of a file. Its bytes reach from the end of the document before (or the start of the file;
/// empty ones do not count) to its own end (or the end of the file, for the last), so those of a file's only
/// document are the whole file.
struct YamlDocument {
  YamlNode root;
  std::size_t start_offset = 0;
  std::size_t end_offset = 0;
};

/// What a file may be at most: its bytes, and how deep its collections nest.
struct YamlLimits {
  std::size_t bytes_max = 4U << 20U;
  std::size_t depth_max = 64;
};

/// Reads every document of the file. What is wrong goes to `diagnostics`; documents before a syntax error are
/// returned, an empty document is not. Any thread.
std::vector<YamlDocument> parse_yaml(const SourceFile& file, Diagnostics& diagnostics,
                                     const YamlLimits& limits = {});

/// The place in the file of byte `offset` of a scalar's text, which differs from its source by quotes,
/// escapes, folding and indentation. Exact, but for white space that may be either text or indentation;
/// inside a double-quoted escape it is the start of the escape.
Position position_in_scalar(const SourceFile& file, const YamlNode& scalar, std::size_t offset);

}  // namespace alarum
