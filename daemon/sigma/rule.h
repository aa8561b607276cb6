#pragma once

#include "config/diagnostic.h"
#include "daemon/event/log_source.h"
#include "daemon/sigma/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A Sigma detection rule as a typed tree: one struct for each noun of the specification. Made by
/// rule_parser, read by predicate and by whoever evaluates rules. Immutable once loaded; any thread.
/// In each struct what an evaluation reads comes first: it walks through thousands of rules for one event,
/// and what it waits for is memory.
namespace alarum::sigma {

/// One line of a selection, `CommandLine|contains|all: [a, b]`; or a list of keywords, which has no field.
/// A written value is several in `values` where a modifier expanded it (windash, base64offset): its forms,
/// any of which will do, even under `all`.
struct Item {
  std::vector<Value> values;
  std::vector<std::uint32_t> forms;  ///< how many each written value has, in order; empty: one each
  std::optional<FieldId> field;
  bool all = false;      ///< each value has to be there
  bool negated = false;  ///< `neq`
  std::string name;      ///< as written, with its modifiers; for keywords what is written, or empty
};

/// A search identifier's definition, or a part of it: an item, or several parts of which all or any have to
/// hold.
struct Selection {
  enum class Kind : std::uint8_t { item, all_of, any_of };
  Kind kind = Kind::item;
  std::vector<Selection> parts;
  Item item;
};

/// A named selection of the `detection` section, and where it stands.
struct SearchIdentifier {
  Selection selection;
  std::string name;
  Position position;
};

/// A condition: an identifier, or an operator over conditions. Selectors (`1 of x*`) are worked out already
/// and keep their text for explanations.
struct Condition {
  enum class Kind : std::uint8_t { identifier, all_of, any_of, negation };
  Kind kind = Kind::identifier;
  std::size_t identifier = 0;       ///< index into the rule's identifiers
  std::vector<Condition> operands;  ///< one for a negation
  std::string text;                 ///< of a selector, as written; else empty
};

/// What `alarum:` adds to a rule, which other Sigma tools read past.
struct Extension {
  /// How far a rule may go. Shadow: its matches are counted and nothing is told.
  enum class Stage : std::uint8_t { shadow, alert, respond };
  struct Entity {
    std::string type;
    FieldId field;
  };
  struct Test {
    std::string name;
    std::vector<std::string> events;  ///< JSON objects
    bool match = true;
    Position position;
  };

  Stage stage = Stage::respond;  ///< how far its matches go
  std::vector<Entity> entities;  ///< instead of the table of the log source
  std::vector<Test> tests;
};

/// A detection rule: its log source, what it looks for, and what its alerts say of it.
struct Rule {
  std::vector<SearchIdentifier> identifiers;
  Condition condition;
  std::string id;
  std::string title;
  std::string name;
  std::string status;
  std::string level;
  std::vector<std::string> tags;
  LogSource log_source;
  std::vector<FieldId> fields;  ///< named in the detection, then those of `fields:`; each once
  Extension extension;

  std::string revision;  ///< first 16 hex digits of the SHA-256 of the document's bytes
  std::string file;
  Position position;
};

}  // namespace alarum::sigma
