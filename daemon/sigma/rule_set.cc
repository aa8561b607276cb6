#include "daemon/sigma/rule_set.h"

#include "config/yaml_source.h"
#include "daemon/base/digest.h"
#include "daemon/base/file.h"
#include "daemon/base/fold.h"
#include "daemon/base/suggest.h"
#include "daemon/sigma/rule_parser.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <numeric>
#include <set>

namespace alarum::sigma {
namespace {

constexpr std::size_t revision_digits = 16;

/// By its ending, in any case: systems that do not tell `A.YML` from `a.yml` write either.
bool is_yaml(std::string_view path) {
  const std::string ending = folded(path.substr(std::min(path.rfind('.'), path.size())));
  return ending == ".yml" || ending == ".yaml";
}

/// A folder's or a file's only name: without links, and from the root.
std::string canonical(const std::string& path) {
  std::error_code error;
  const std::string out = std::filesystem::canonical(path, error).string();
  return error ? path : out;
}

class Loader {
 public:
  Loader(std::span<const std::string> disabled, FieldTable& fields)
      : disabled_(disabled), is_disabled_used_(disabled.size()), fields_(fields) {}

  Status load_path(const std::string& path) {
    std::error_code error;
    ++path_;
    if (!std::filesystem::exists(path, error)) {
      return Error{ErrorCode::not_found, "there is no file or folder '" + path + "' to read rules from"};
    }
    if (!std::filesystem::is_directory(path, error)) {
      load_file(path);
      return {};
    }
    const FileTree tree = list_tree(path);
    for (const FileTree::Unlisted& unlisted : tree.unlisted) {
      const SourceFile folder{unlisted.folder, {}};
      Diagnostics diagnostics(folder);
      diagnostics.error({}, "unreadable", unlisted.message);
      reject_for(diagnostics, {}, "");
      keep(diagnostics);
    }
    for (const std::string& file : tree.files) {
      if (is_yaml(file)) load_file(file);
    }
    return {};
  }

  RuleSet take() {
    for (std::size_t i = 0; i < disabled_.size(); ++i) {
      if (!is_disabled_used_[i]) set_.unknown_disabled.push_back(disabled_[i]);
    }
    // A copy lies in memory in the order in which it is read, not between what parsing has freed since: who
    // evaluates walks through all of it for each event.
    set_.rules = std::vector<Rule>(set_.rules);
    return std::move(set_);
  }

 private:
  void load_file(const std::string& path) {
    if (!files_.insert(canonical(path)).second) return;
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
      reject_for(diagnostics, {}, "");
    }
    keep(diagnostics);
  }

  void keep(const Diagnostics& diagnostics) {
    set_.diagnostics.insert(set_.diagnostics.end(), diagnostics.items().begin(), diagnostics.items().end());
  }

  void load_documents(const SourceFile& file, Diagnostics& diagnostics) {
    const auto documents = parse_yaml(file, diagnostics);
    if (diagnostics.has_errors()) {  // what a broken file means is anybody's guess
      reject_for(diagnostics, {}, "");
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
      warn_of_missing_detection(root, diagnostics);
      return;
    }
    const YamlNode* const id = root.find("id");
    if (id != nullptr && is_disabled(id->text)) {  // asked first: it may be broken, and silenced for that
      ++set_.disabled;
      return;
    }
    const Mark before = mark(diagnostics);
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
    reject_for(diagnostics, before, name_of(root));
  }

  bool is_disabled(std::string_view id) {
    const auto place = std::find(disabled_.begin(), disabled_.end(), id);
    if (place == disabled_.end()) return false;
    is_disabled_used_[static_cast<std::size_t>(place - disabled_.begin())] = true;
    return true;
  }

  /// A document with a log source was meant to be a rule; most likely a key is misspelt.
  void warn_of_missing_detection(const YamlNode& root, Diagnostics& diagnostics) {
    if (!root.is_mapping() || root.find("logsource") == nullptr) return;
    constexpr std::array<std::string_view, 1> wanted = {"detection"};
    Position at = root.start;
    std::string hint;
    for (const YamlMember& member : root.members) {
      hint = did_you_mean(member.key.text, wanted);
      if (hint.empty()) continue;
      at = member.key.start;
      break;
    }
    diagnostics.warning(at, "no_detection",
                        "the document has a 'logsource' but no 'detection', and is no rule", hint);
    leave_out(diagnostics.file().path, name_of(root), diagnostics.items().back());
  }

  /// What a document is called in any state it may be in.
  static std::string name_of(const YamlNode& root) {
    for (const std::string_view key : {"id", "title"}) {
      const YamlNode* const found = root.find(key);
      if (found != nullptr && found->is_scalar() && !found->text.empty()) return found->text;
    }
    return {};
  }

  void add(Rule rule, const YamlNode& root, Diagnostics& diagnostics) {
    if (is_disabled(rule.id)) {  // by its revision, where it has no id
      ++set_.disabled;
      return;
    }
    const auto [place, is_new] =
        places_.try_emplace(rule.id, Place{rule.file + ":" + std::to_string(rule.position.line), path_});
    if (!is_new && place->second.path != path_) {
      ++set_.shadowed;
      return;
    }
    if (!is_new) {
      const YamlNode* const id = root.find("id");
      diagnostics.error(id == nullptr ? root.start : id->start, "duplicate_id",
                        "the rule id " + rule.id + " is already that of " + place->second.text,
                        "give one of them an id of its own");
      return;
    }
    set_.rules.push_back(std::move(rule));
  }

  void leave_out(const std::string& file, std::string name, const Diagnostic& problem) {
    set_.left_out.push_back({file, std::move(name), problem});
  }

  /// Where the problems of a document begin.
  struct Mark {
    std::size_t items = 0;
    std::size_t errors = 0;
  };

  static Mark mark(const Diagnostics& diagnostics) {
    return {diagnostics.items().size(), diagnostics.error_count()};
  }

  /// Counts a rejection under its first error, if there was one since `begin`.
  void reject_for(const Diagnostics& diagnostics, Mark begin, std::string name) {
    if (diagnostics.error_count() == begin.errors) return;
    const auto& items = diagnostics.items();
    const auto error = std::find_if(items.begin() + static_cast<std::ptrdiff_t>(begin.items), items.end(),
                                    [](const Diagnostic& item) { return item.severity == Severity::error; });
    // Of a file with very many problems the last one stands for all that are not kept.
    const Diagnostic& problem = error == items.end() ? items.back() : *error;
    ++set_.rejected[problem.reason];
    leave_out(diagnostics.file().path, std::move(name), problem);
  }

  struct Place {
    std::string text;  // file and line
    std::size_t path;
  };

  std::span<const std::string> disabled_;
  std::vector<bool> is_disabled_used_;  // beside disabled_
  FieldTable& fields_;
  RuleSet set_;
  std::size_t path_ = 0;                 // number of the one that is being read
  std::set<std::string> files_;          // that were read
  std::map<std::string, Place> places_;  // by rule id
};

}  // namespace

std::size_t RuleSet::rejected_count() const {
  return std::accumulate(rejected.begin(), rejected.end(), std::size_t{0},
                         [](std::size_t sum, const auto& entry) { return sum + entry.second; });
}

Result<RuleSet> load_rules(std::span<const std::string> paths, std::span<const std::string> disabled,
                           FieldTable& fields) {
  Loader loader(disabled, fields);
  for (const std::string& path : paths) TRY_OK(loader.load_path(path));
  return loader.take();
}

}  // namespace alarum::sigma
