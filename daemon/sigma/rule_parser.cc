#include "daemon/sigma/rule_parser.h"

#include "daemon/base/fold.h"
#include "daemon/base/suggest.h"
#include "daemon/sigma/detection_parser.h"
#include "daemon/sigma/extension_parser.h"
#include "daemon/sigma/field_collector.h"

#include <algorithm>
#include <array>
#include <span>

namespace alarum::sigma {
namespace {

constexpr std::array<std::string_view, 5> statuses = {"stable", "test", "experimental", "deprecated",
                                                      "unsupported"};
constexpr std::array<std::string_view, 5> levels = {"informational", "low", "medium", "high", "critical"};
/// What a rule without a level counts as.
constexpr std::string_view default_level = "medium";

/// The keys of the specification and ours. Others are allowed ("arbitrary custom fields"), near misses are
/// warned of.
constexpr std::array<std::string_view, 20> known_keys = {
    "title",  "id",         "name",  "related",  "taxonomy",  "status",    "description", "license",
    "author", "references", "date",  "modified", "logsource", "detection", "fields",      "falsepositives",
    "level",  "tags",       "scope", "alarum"};

constexpr std::ptrdiff_t title_characters_max = 256;

constexpr std::array<std::string_view, 4> log_source_keys = {"product", "category", "service", "definition"};

class RuleParser {
 public:
  RuleParser(const YamlNode& root, FieldTable& fields, Diagnostics& diagnostics)
      : root_(root), fields_(fields), diagnostics_(diagnostics) {}

  std::optional<Rule> parse() {
    const std::size_t errors_before = diagnostics_.error_count();
    warn_of_near_misses();
    rule_.file = diagnostics_.file().path;
    rule_.position = root_.start;
    parse_identity();
    rule_.status = word("status", statuses);
    rule_.level = word("level", levels);
    if (rule_.level.empty()) rule_.level = default_level;
    rule_.tags = texts("tags");
    parse_log_source();
    if (const YamlNode* const detection = require("detection")) {
      parse_detection(*detection, rule_, fields_, diagnostics_);
    }
    FieldCollector named_fields(rule_.fields);
    for (const std::string& name : texts("fields")) named_fields.add(fields_.intern(name));
    if (const YamlNode* const ours = root_.find("alarum")) {
      rule_.extension = parse_extension(*ours, fields_, diagnostics_);
    }
    if (diagnostics_.error_count() > errors_before) return std::nullopt;
    return std::move(rule_);
  }

 private:
  void invalid(const YamlNode& node, std::string message, std::string hint = {}) {
    diagnostics_.error(node.start, "invalid_value", std::move(message), std::move(hint));
  }

  void warn_of_near_misses() {
    for (const YamlMember& member : root_.members) warn_of_near_miss(member.key, known_keys);
  }

  void warn_of_near_miss(const YamlNode& key, std::span<const std::string_view> known) {
    if (std::find(known.begin(), known.end(), key.text) != known.end()) return;
    const std::string hint = did_you_mean(key.text, known);
    if (!hint.empty()) diagnostics_.warning(key.start, "unknown_key", "unknown key '" + key.text + "'", hint);
  }

  const YamlNode* require(std::string_view key) {
    const YamlNode* const node = root_.find(key);
    if (node != nullptr && !node->is_null()) return node;
    diagnostics_.error(node == nullptr ? root_.start : node->start, "missing_field",
                       "the rule has no '" + std::string(key) + "'");
    return nullptr;
  }

  /// The text of an optional attribute.
  std::string text(std::string_view key) {
    const YamlNode* const node = root_.find(key);
    if (node == nullptr || node->is_null()) return {};
    if (!node->is_scalar()) {
      invalid(*node, "'" + std::string(key) + "' is " + std::string(node->kind_name()) + ", not text");
      return {};
    }
    return node->text;
  }

  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> out;
    const YamlNode* const node = root_.find(key);
    if (node == nullptr || node->is_null()) return out;
    const bool is_list =
        node->is_sequence() && std::all_of(node->items.begin(), node->items.end(),
                                           [](const YamlNode& item) { return item.is_scalar(); });
    if (!is_list) {
      invalid(*node, "'" + std::string(key) + "' must be a list of texts");
      return out;
    }
    for (const YamlNode& item : node->items) out.push_back(item.text);
    return out;
  }

  /// An optional attribute that is one of a few words.
  std::string word(std::string_view key, std::span<const std::string_view> known) {
    std::string value = text(key);
    if (value.empty() || std::find(known.begin(), known.end(), value) != known.end()) return value;
    std::string message = "'" + std::string(key) + "' is '" + value + "'; it can be";
    for (const std::string_view candidate : known) message.append(" ").append(candidate);
    invalid(*root_.find(key), message, did_you_mean(value, known));
    return {};
  }

  void parse_identity() {
    if (const YamlNode* const title = require("title")) {
      rule_.title = text("title");
      if (title->is_scalar() && rule_.title.empty()) invalid(*title, "'title' is empty");
    }
    const auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    if (std::count_if(rule_.title.begin(), rule_.title.end(), starts_character) > title_characters_max) {
      diagnostics_.warning(root_.find("title")->start, "long_title",
                           "the title is longer than 256 characters");
    }
    rule_.name = text("name");
    rule_.id = text("id");
    if (rule_.id.empty()) {
      diagnostics_.warning(root_.start, "missing_id", "the rule has no 'id'; its revision stands in for it",
                           "give it a UUID, so that its alerts stay the same when it changes");
    }
  }

  void parse_log_source() {
    const YamlNode* const node = require("logsource");
    if (node == nullptr) return;
    if (!node->is_mapping())
      return invalid(*node, "'logsource' is " + std::string(node->kind_name()) + ", not a mapping");
    for (const YamlMember& member : node->members) {
      std::string* const target = member.key.text == "product"    ? &rule_.log_source.product
                                  : member.key.text == "category" ? &rule_.log_source.category
                                  : member.key.text == "service"  ? &rule_.log_source.service
                                                                  : nullptr;
      if (target == nullptr) warn_of_near_miss(member.key, log_source_keys);
      if (target == nullptr || member.value.is_null()) continue;
      if (!member.value.is_scalar()) return invalid(member.value, "'" + member.key.text + "' must be text");
      *target = member.value.text;
      warn_of_odd_spelling(member);
    }
    if (rule_.log_source == LogSource{}) {
      invalid(*node, "'logsource' names neither product, category nor service",
              "without one the rule would look at every event of every source");
    }
  }

  /// The specification writes log sources so, and they compare with regard to case.
  void warn_of_odd_spelling(const YamlMember& member) {
    const std::string& text = member.value.text;
    const bool is_odd = std::any_of(text.begin(), text.end(),
                                    [](char c) { return (c >= 'A' && c <= 'Z') || c == ' ' || c == '\t'; });
    if (!is_odd) return;
    std::string usual = folded(text);
    std::replace_if(
        usual.begin(), usual.end(), [](char c) { return c == ' ' || c == '\t'; }, '_');
    diagnostics_.warning(member.value.start, "odd_log_source",
                         "the " + member.key.text + " '" + text + "' of a log source has capitals or spaces",
                         "log sources are written '" + usual + "', and others do not match them");
  }

  const YamlNode& root_;
  FieldTable& fields_;
  Diagnostics& diagnostics_;
  Rule rule_;
};

}  // namespace

DocumentKind document_kind(const YamlNode& root) {
  if (!root.is_mapping()) return DocumentKind::none;
  if (root.find("correlation") != nullptr) return DocumentKind::correlation;
  if (root.find("filter") != nullptr) return DocumentKind::filter;
  if (root.find("baseline") != nullptr) return DocumentKind::baseline;
  if (root.find("detection") != nullptr) return DocumentKind::detection;
  return DocumentKind::none;
}

std::string_view kind_name(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::none: return "none";
    case DocumentKind::detection: return "detection";
    case DocumentKind::correlation: return "correlation";
    case DocumentKind::filter: return "filter";
    case DocumentKind::baseline: return "baseline";
  }
  return "none";
}

std::optional<Rule> parse_rule(const YamlNode& root, FieldTable& fields, Diagnostics& diagnostics) {
  return RuleParser(root, fields, diagnostics).parse();
}

}  // namespace alarum::sigma
