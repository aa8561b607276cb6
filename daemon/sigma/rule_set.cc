#include "daemon/sigma/rule_set.h"

#include "config/yaml_source.h"
#include "daemon/base/digest.h"
#include "daemon/base/file.h"
#include "daemon/sigma/rule_parser.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace alarum::sigma {
namespace {

constexpr std::size_t revision_digits = 16;

bool is_yaml(std::string_view path) { return path.ends_with(".yml") || path.ends_with(".yaml"); }

/// The files behind one path.
Result<std::vector<std::string>> rule_files(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return Error{ErrorCode::not_found, "there is no file or folder '" + path + "' to read rules from"};
  }
  if (!std::filesystem::is_directory(path, error)) return std::vector<std::string>{path};
  TRY(auto out, list_files(path, Depth::tree));
  std::erase_if(out, [](const std::string& file) { return !is_yaml(file); });
  return out;
}

class Loader {
 public:
  Loader(std::span<const std::string> disabled, FieldTable& fields) : disabled_(disabled), fields_(fields) {}

  void load_file(const std::string& path) {
    ++set_.files;
    SourceFile file{path, {}};
    Diagnostics diagnostics(file);
    auto text =
        read_file(path, YamlLimits().bytes_max + 1);  // one more, so that parse_yaml says what is too large
    if (text) {
      file.text = *std::move(text);
      load_documents(file, diagnostics);
    } else {
      diagnostics.error({}, "unreadable", text.error().message);
      ++set_.rejected["unreadable"];
    }
    set_.diagnostics.insert(set_.diagnostics.end(), diagnostics.items().begin(), diagnostics.items().end());
  }

  RuleSet take() { return std::move(set_); }

 private:
  void load_documents(const SourceFile& file, Diagnostics& diagnostics) {
    const auto documents = parse_yaml(file, diagnostics);
    if (diagnostics.has_errors()) {  // what a broken file means is anybody's guess
      reject_for(diagnostics, 0);
      return;
    }
    for (const YamlDocument& document : documents) {
      const std::string_view bytes(file.text);
      const std::string revision =
          sha256_hex(bytes.substr(document.start_offset, document.end_offset - document.start_offset))
              .substr(0, revision_digits);
      load_document(document.root, revision, diagnostics);
    }
  }

  void load_document(const YamlNode& root, const std::string& revision, Diagnostics& diagnostics) {
    const DocumentKind kind = document_kind(root);
    if (kind == DocumentKind::none) {
      ++set_.skipped_documents;
      return;
    }
    const std::size_t problems_before = diagnostics.items().size();
    std::optional<Rule> rule;
    if (kind == DocumentKind::detection) {
      rule = parse_rule(root, fields_, diagnostics);
    } else {
      diagnostics.error(root.start, "unsupported_kind",
                        "rules of the kind '" + std::string(kind_name(kind)) + "' are not yet supported");
    }
    if (rule) {
      rule->revision = revision;
      if (rule->id.empty()) rule->id = revision;
      add(*std::move(rule), root, diagnostics);
    }
    reject_for(diagnostics, problems_before);
  }

  void add(Rule rule, const YamlNode& root, Diagnostics& diagnostics) {
    if (std::find(disabled_.begin(), disabled_.end(), rule.id) != disabled_.end()) {
      ++set_.disabled;
      return;
    }
    const auto [place, is_new] =
        places_.try_emplace(rule.id, rule.file + ":" + std::to_string(rule.position.line));
    if (!is_new) {
      const YamlNode* const id = root.find("id");
      diagnostics.error(id == nullptr ? root.start : id->start, "duplicate_id",
                        "the rule id " + rule.id + " is already that of " + place->second,
                        "give one of them an id of its own");
      return;
    }
    set_.rules.push_back(std::move(rule));
  }

  /// Counts a rejection under its first error, if there is one among the problems from `first` on.
  void reject_for(const Diagnostics& diagnostics, std::size_t first) {
    const auto& items = diagnostics.items();
    const auto error = std::find_if(items.begin() + static_cast<std::ptrdiff_t>(first), items.end(),
                                    [](const Diagnostic& item) { return item.severity == Severity::error; });
    if (error != items.end()) ++set_.rejected[error->reason];
  }

  std::span<const std::string> disabled_;
  FieldTable& fields_;
  RuleSet set_;
  std::map<std::string, std::string> places_;  // of rule ids
};

}  // namespace

std::size_t RuleSet::rejected_count() const {
  return std::accumulate(rejected.begin(), rejected.end(), std::size_t{0},
                         [](std::size_t sum, const auto& entry) { return sum + entry.second; });
}

Result<RuleSet> load_rules(std::span<const std::string> paths, std::span<const std::string> disabled,
                           FieldTable& fields) {
  Loader loader(disabled, fields);
  for (const std::string& path : paths) {
    TRY(const auto files, rule_files(path));
    for (const std::string& file : files) loader.load_file(file);
  }
  return loader.take();
}

}  // namespace alarum::sigma
