#include "daemon/sigma/rule_set.h"

#include "daemon/base/digest.h"
#include "tests/unit/support/rule_world.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace alarum::sigma {
namespace {

namespace filesystem = std::filesystem;

std::string rule_of(const std::string& id, const std::string& more = "") {
  return "title: Rule " + id + "\nid: " + id + "\n" + more +
         "logsource: {product: test}\ndetection: {a: {A: x}, condition: a}\n";
}

/// A folder of rules that goes away again.
class RuleFolder {
 public:
  RuleFolder() {
    std::string pattern = (filesystem::temp_directory_path() / "alarum_rules_XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  RuleFolder(const RuleFolder&) = delete;
  RuleFolder& operator=(const RuleFolder&) = delete;
  ~RuleFolder() { filesystem::remove_all(path_); }

  RuleFolder& write(const std::string& name, std::string_view text) {
    const filesystem::path file = path_ / name;
    filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return *this;
  }

  std::string path(const std::string& name = "") const { return (path_ / name).string(); }

  RuleSet load(const std::vector<std::string>& disabled = {}) const { return load_paths({path()}, disabled); }

  static RuleSet load_paths(const std::vector<std::string>& paths,
                            const std::vector<std::string>& disabled = {}) {
    FieldTable fields;
    auto set = load_rules(paths, disabled, fields);
    REQUIRE(set.has_value());
    return *std::move(set);
  }

 private:
  filesystem::path path_;
};

std::vector<std::string> ids_of(const RuleSet& set) {
  std::vector<std::string> out;
  for (const Rule& rule : set.rules) out.push_back(rule.id);
  return out;
}

using Ids = std::vector<std::string>;

// Ours: the order does not depend on the disk.
TEST_CASE("rules load from folders, in the lexical order of their files") {
  RuleFolder folder;
  folder.write("b/2.yaml", rule_of("second")).write("a.yml", rule_of("first")).write("c.txt", "no rule");
  const RuleSet set = folder.load();
  CHECK(ids_of(set) == Ids{"first", "second"});
  CHECK(set.files == 2);
  CHECK(set.diagnostics.empty());
}

// Ours: who names a file means it, whatever it is called.
TEST_CASE("rules load from files that are named, in the order of the paths") {
  RuleFolder folder;
  folder.write("a.yml", rule_of("a")).write("b.rule", rule_of("b"));
  CHECK(ids_of(RuleFolder::load_paths({folder.path("b.rule"), folder.path("a.yml")})) == Ids{"b", "a"});
}

// Ours: an operator who mistypes a path must not run without rules.
TEST_CASE("a path that does not exist is an error of the whole set") {
  FieldTable fields;
  const std::vector<std::string> paths = {"/no/such/folder"};
  const auto set = load_rules(paths, {}, fields);
  REQUIRE_FALSE(set.has_value());
  CHECK(set.error().message == "there is no file or folder '/no/such/folder' to read rules from");
}

// Ours. One peer refuses the whole folder for one bad rule.
TEST_CASE("a bad rule is rejected alone, and the others load") {
  RuleFolder folder;
  folder.write("a.yml", rule_of("a")).write("b.yml", rule_of("b", "level: huge\n"));
  folder.write("c.yml", rule_of("c"));
  const RuleSet set = folder.load();
  CHECK(ids_of(set) == Ids{"a", "c"});
  CHECK(set.rejected_count() == 1);
  CHECK(set.rejected.at("invalid_value") == 1);
  REQUIRE(set.diagnostics.size() == 1);
  CHECK(set.diagnostics.front().file == folder.path("b.yml"));
  CHECK(set.diagnostics.front().position == Position{3, 8});
}

// Ours: a rule counts once, under its first error.
TEST_CASE("a rule with several errors is counted under the first") {
  RuleFolder folder;
  folder.write("a.yml", "id: a\nlevel: huge\nlogsource: {}\ndetection: {}\n");
  const RuleSet set = folder.load();
  CHECK(set.rejected_count() == 1);
  CHECK(set.rejected.at("missing_field") == 1);
  CHECK(set.diagnostics.size() == 4);
}

// Rules specification, Identification: "globally unique".
TEST_CASE("of two rules with the same id the second is rejected") {
  RuleFolder folder;
  folder.write("a.yml", rule_of("same")).write("b.yml", rule_of("same"));
  const RuleSet set = folder.load();
  CHECK(set.rules.size() == 1);
  CHECK(set.rules.front().file == folder.path("a.yml"));
  CHECK(set.rejected.at("duplicate_id") == 1);
  CHECK(RuleWorld::text_of(set.diagnostics) == "2:5 duplicate_id: the rule id same is already that of " +
                                                   folder.path("a.yml") +
                                                   ":1 (give one of them an id of its own)");
}

// Ours: one's own rules, which stand in an earlier path, replace those of a package.
TEST_CASE("of two rules with the same id the one of a later path is shadowed") {
  RuleFolder folder;
  folder.write("local/a.yml", rule_of("same")).write("package/b.yml", rule_of("same"));
  const RuleSet set = RuleFolder::load_paths({folder.path("local"), folder.path("package")});
  CHECK(set.rules.size() == 1);
  CHECK(set.rules.front().file == folder.path("local/a.yml"));
  CHECK(set.shadowed == 1);
  CHECK(set.rejected_count() == 0);
  CHECK(set.diagnostics.empty());
}

// Ours: two spellings of its path do not make it two.
TEST_CASE("a file is read once, however often it is named") {
  RuleFolder folder;
  folder.write("a.yml", rule_of("a"));
  filesystem::create_symlink("a.yml", folder.path("b.yml"));
  const RuleSet set = RuleFolder::load_paths({folder.path("a.yml"), folder.path("./a.yml"), folder.path()});
  CHECK(set.files == 1);
  CHECK(ids_of(set) == Ids{"a"});
  CHECK(set.shadowed == 0);
}

// Ours: a rule that stands there is loaded.
TEST_CASE("rules load from folders that links lead to, and from files that end in capitals") {
  RuleFolder folder;
  folder.write("rules/A.YML", rule_of("a")).write("elsewhere/b.Yaml", rule_of("b"));
  filesystem::create_directory_symlink("../elsewhere", folder.path("rules/more"));
  filesystem::create_directory_symlink("../rules", folder.path("elsewhere/loop"));
  const RuleSet set = RuleFolder::load_paths({folder.path("rules")});
  CHECK(ids_of(set) == Ids{"a", "b"});
  CHECK(set.files == 2);
}

// YAML 1.2 §9.2; Sigma's collections: several rules in one file.
TEST_CASE("a file may hold several rules, and one bad among them is rejected alone") {
  RuleFolder folder;
  folder.write("a.yml", rule_of("a") + "---\n" + rule_of("b", "status: no\n") + "---\n" + rule_of("c"));
  const RuleSet set = folder.load();
  CHECK(ids_of(set) == Ids{"a", "c"});
  CHECK(set.rules.back().position.line == 12);
  CHECK(set.rejected_count() == 1);
}

// Ours: what a broken file means is anybody's guess.
TEST_CASE("a file that is no YAML is rejected as a whole") {
  RuleFolder folder;
  folder.write("a.yml", rule_of("a") + "---\ntitle: [\n").write("b.yml", rule_of("b"));
  const RuleSet set = folder.load();
  CHECK(ids_of(set) == Ids{"b"});
  CHECK(set.rejected.at("yaml_syntax") == 1);
}

// Ours: other YAML may lie beside rules.
TEST_CASE("YAML that is no rule is passed over and counted") {
  RuleFolder folder;
  folder.write("a.yml", "logsources: {}\n").write("b.yml", rule_of("b"));
  const RuleSet set = folder.load();
  CHECK(ids_of(set) == Ids{"b"});
  CHECK(set.skipped_documents == 1);
  CHECK(set.rejected_count() == 0);
}

// Ours: a rule that cannot work must not look as if it did.
TEST_CASE("correlations, filters and baselines are rejected as not yet supported") {
  const std::string kind = GENERATE("correlation", "filter", "baseline");
  RuleFolder folder;
  folder.write("a.yml", "title: A\n" + kind + ": {rules: [b]}\n").write("b.yml", rule_of("b"));
  const RuleSet set = folder.load();
  CHECK(ids_of(set) == Ids{"b"});
  CHECK(set.rejected.at("unsupported_kind") == 1);
  CHECK(RuleWorld::text_of(set.diagnostics) ==
        "1:1 unsupported_kind: rules of the kind '" + kind + "' are not yet supported");
}

// Ours: the configuration's way to silence a rule of somebody else's collection.
TEST_CASE("rules that the configuration disables are left out and counted") {
  RuleFolder folder;
  folder.write("a.yml", rule_of("a")).write("b.yml", rule_of("b"));
  const RuleSet set = folder.load({"a"});
  CHECK(ids_of(set) == Ids{"b"});
  CHECK(set.disabled == 1);
  CHECK(set.rejected_count() == 0);
}

// Ours: it may be disabled because it is broken.
TEST_CASE("a rule that is disabled is not looked at") {
  RuleFolder folder;
  folder.write("a.yml", rule_of("a", "level: huge\n")).write("b.yml", rule_of("b"));
  const RuleSet set = folder.load({"a"});
  CHECK(ids_of(set) == Ids{"b"});
  CHECK(set.disabled == 1);
  CHECK(set.diagnostics.empty());
}

// Ours: an error of typing would leave the rule running.
TEST_CASE("ids that are to be disabled and that no rule has are told") {
  RuleFolder folder;
  folder.write("a.yml", rule_of("a")).write("b.yml", rule_of("b"));
  CHECK(folder.load({"a", "typo"}).unknown_disabled == Ids{"typo"});
}

// Ours: otherwise a misspelt key silently switches the rule off.
TEST_CASE("a document with a log source and no detection is a warning") {
  RuleFolder folder;
  folder.write("a.yml", "title: x\nlogsource: {product: p}\ndetections: {a: {A: x}, condition: a}\n");
  folder.write("b.yml", "title: x\nlogsource: {product: p}\n");
  const RuleSet set = folder.load();
  CHECK(set.skipped_documents == 2);
  CHECK(RuleWorld::text_of(set.diagnostics) ==
        "warning 3:1 no_detection: the document has a 'logsource' but no 'detection', and is no rule "
        "(did you mean 'detection'?)\n"
        "warning 1:1 no_detection: the document has a 'logsource' but no 'detection', and is no rule");
}

// Ours: a reload has to tell what was left out before from what somebody broke since.
TEST_CASE("what was meant to be a rule and is none is listed by file, name and problem") {
  RuleFolder folder;
  folder.write("a.yml", rule_of("a", "level: 7\n") + "---\ntitle: T\nlogsource: {product: p}\n")
      .write("b.yml", "title: [")
      .write("c.yml", rule_of("c"))
      .write("d.yml", "title: no rule\n");
  const RuleSet set = folder.load();

  std::string found;
  for (const LeftOut& one : set.left_out)
    found += one.file.substr(one.file.rfind('/') + 1) + " " + one.name + " " +
             std::string(one.problem.reason) + "\n";
  CHECK(found == "a.yml a invalid_value\na.yml T no_detection\nb.yml  yaml_syntax\n");
}

// Ours: an attacker, or a mistake, must not hide behind the bound of problems of a file.
TEST_CASE("a rule is listed as left out though its file has more problems than are kept") {
  RuleFolder folder;
  std::string text;
  for (int i = 0; i < 150; ++i) text += rule_of(std::to_string(i), "level: 7\n") + "---\n";
  const RuleSet set = folder.write("a.yml", text).load();

  CHECK(set.rejected_count() == 150);
  REQUIRE(set.left_out.size() == 150);
  CHECK(set.left_out.back().name == "149");
}

// Ours: an alert says which text of the rule made it.
TEST_CASE("a revision is the start of the digest of the document's bytes") {
  RuleFolder folder;
  folder.write("a.yml", rule_of("a")).write("b.yml", rule_of("b", "# a comment\n"));
  const RuleSet set = folder.load();
  CHECK(set.rules[0].revision == sha256_hex(rule_of("a")).substr(0, 16));
  CHECK(set.rules[1].revision == sha256_hex(rule_of("b", "# a comment\n")).substr(0, 16));
  CHECK(set.rules[1].revision != sha256_hex(rule_of("b")).substr(0, 16));
}

// Ours: something has to stand in alerts.
TEST_CASE("a rule without an id has its revision for one") {
  RuleFolder folder;
  folder.write("a.yml", "title: A\nlogsource: {product: p}\ndetection: {a: {A: x}, condition: a}\n");
  const RuleSet set = folder.load();
  REQUIRE(set.rules.size() == 1);
  CHECK(set.rules[0].id == set.rules[0].revision);
  CHECK(set.rules[0].id.size() == 16);
}

// Ours: told like any other problem; a link to nowhere stands for every file that cannot be opened.
TEST_CASE("a file that cannot be read is rejected") {
  RuleFolder folder;
  folder.write("b.yml", rule_of("b"));
  filesystem::create_symlink(folder.path("nowhere"), folder.path("a.yml"));
  const RuleSet set = folder.load();
  CHECK(ids_of(set) == Ids{"b"});
  CHECK(set.rejected.at("unreadable") == 1);
}

// Ours: YAML as config/yaml_source.h reads it; each way to be no YAML has its reason.
TEST_CASE("a file that is no YAML for us tells why") {
  using Row = std::pair<std::string, std::string>;
  const auto [text, reason] = GENERATE(
      Row{"a: *b\n", "yaml_alias"}, Row{"a: &b c\n", "yaml_anchor"}, Row{"a: !b c\n", "yaml_tag"},
      Row{"a: 1\na: 2\n", "yaml_duplicate_key"}, Row{"{[a]: 1}\n", "yaml_key"}, Row{"a: [\n", "yaml_syntax"},
      Row{"a: \xFF\n", "yaml_encoding"}, Row{std::string(65, '['), "yaml_too_deep"});
  RuleFolder folder;
  folder.write("a.yml", text);
  CHECK(folder.load().rejected.count(reason) == 1);
}

// pySigma merges them; the specification no longer knows them. Ours: what is left behind is no whole rule.
TEST_CASE("the parts of an old collection with action are not merged") {
  RuleFolder folder;
  folder.write("a.yml",
               "action: global\ntitle: A\nlogsource: {product: p}\n---\ndetection: {a: {A: x}, "
               "condition: a}\n");
  const RuleSet set = folder.load();
  CHECK(set.rules.empty());
  CHECK(set.skipped_documents == 1);
  CHECK(set.rejected.at("missing_field") == 1);
}

// Ours: told like any other problem.
TEST_CASE("a file that is too large is rejected") {
  RuleFolder folder;
  folder.write("a.yml", std::string((4U << 20U) + 1, '#')).write("b.yml", rule_of("b"));
  const RuleSet set = folder.load();
  CHECK(ids_of(set) == Ids{"b"});
  CHECK(set.rejected.at("yaml_too_large") == 1);
}

}  // namespace
}  // namespace alarum::sigma
