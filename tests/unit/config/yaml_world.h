#pragma once

#include "config/yaml_source.h"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// YAML in, the tree and the problems out, each as one line of text.
namespace alarum::test {

/// A file that was read, with all there is to say about it.
class YamlWorld {
 public:
  explicit YamlWorld(std::string text, YamlLimits limits = {})
      : file_{"file.yml", std::move(text)}, diagnostics_(file_) {
    documents_ = parse_yaml(file_, diagnostics_, limits);
  }

  const SourceFile& file() const { return file_; }
  const std::vector<YamlDocument>& documents() const { return documents_; }
  const std::vector<Diagnostic>& problems() const { return diagnostics_.items(); }

  /// The only document's root; a broken file fails the test.
  const YamlNode& root() const {
    INFO(problem_text());
    REQUIRE_FALSE(diagnostics_.has_errors());
    REQUIRE(documents_.size() == 1);
    return documents_.front().root;
  }
  /// Member `key` of the root, which has it.
  const YamlNode& at(std::string_view key) const {
    const YamlNode* const found = root().find(key);
    REQUIRE(found != nullptr);
    return *found;
  }

  /// One line for each problem: `2:5 reason: message (hint)`.
  std::string problem_text() const {
    std::string out;
    for (const Diagnostic& problem : diagnostics_.items()) {
      if (!out.empty()) out += '\n';
      out += place(problem.position) + " " + std::string(problem.reason) + ": " + problem.message;
      if (!problem.hint.empty()) out += " (" + problem.hint + ")";
    }
    return out;
  }

  /// `2:5 reason` of the only problem.
  std::string problem() const {
    INFO(problem_text());
    REQUIRE(diagnostics_.items().size() == 1);
    const Diagnostic& only = diagnostics_.items().front();
    return place(only.position) + " " + std::string(only.reason);
  }

  /// Where the character at `offset` of the value of `key` stands: `2:5`.
  std::string place_in(std::string_view key, std::size_t offset) const {
    return place(position_in_scalar(file_, at(key), offset));
  }

  static std::string place(Position position) {
    return std::to_string(position.line) + ":" + std::to_string(position.column);
  }

 private:
  SourceFile file_;
  Diagnostics diagnostics_;
  std::vector<YamlDocument> documents_;
};

/// The tree as JSON would write it, without escapes; plain scalars stand without quotes.
inline std::string tree(const YamlNode& node) {
  if (node.is_scalar()) return node.quoted ? "\"" + node.text + "\"" : node.text;
  std::string out;
  for (const YamlNode& item : node.items) out += (out.empty() ? "" : ", ") + tree(item);
  for (const YamlMember& member : node.members) {
    out += (out.empty() ? "" : ", ") + tree(member.key) + ": " + tree(member.value);
  }
  return node.is_sequence() ? "[" + out + "]" : "{" + out + "}";
}

/// The tree of a sound file.
inline std::string tree_of(std::string text) { return tree(YamlWorld(std::move(text)).root()); }

/// The only problem of a file, as `2:5 reason`.
inline std::string problem_of(std::string text) { return YamlWorld(std::move(text)).problem(); }

/// All problems of a file.
inline std::string problems_of(std::string text) { return YamlWorld(std::move(text)).problem_text(); }

}  // namespace alarum::test
