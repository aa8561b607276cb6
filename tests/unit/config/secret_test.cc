#include "config/secret.h"

#include "tests/unit/config/config_folder.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::ConfigFolder;

std::string with_kafka(const std::string& keys) {
  return "sources:\n- name: a\n  log_source: windows\n  kafka: {brokers: [k:1], topics: [t], " + keys + "}\n";
}

}  // namespace

TEST_CASE("a secret in the configuration is refused, and its text is shown nowhere") {
  ConfigFolder folder;
  folder.write("alarum.yaml",
               with_kafka("properties: {sasl.password: hunter2, ssl.key.pem: k, a.Secret: [s]}"));

  CHECK(
      folder.problems() ==
      "alarum.yaml:4:53 refused_property: the property 'sasl.password' is a secret, and secrets do not stand "
      "in a configuration (write the secret into a file, and here 'properties_files: {sasl.password: "
      "PATH}')\n"
      "alarum.yaml:4:77 refused_property: the property 'ssl.key.pem' is a secret, and secrets do not stand "
      "in "
      "a configuration (write the secret into a file, and here 'properties_files: {ssl.key.pem: PATH}')\n"
      "alarum.yaml:4:93 refused_property: the property 'a.Secret' is a secret, and secrets do not stand in a "
      "configuration (write the secret into a file, and here 'properties_files: {a.Secret: PATH}')\n");
  for (const Diagnostic& problem : folder.load().problems)
    CHECK(problem.to_text().find("hunter2") == std::string::npos);
}

TEST_CASE("a line with a syntax error is shown without the secret in it") {
  ConfigFolder folder;
  folder.write("alarum.yaml", "a: {sasl.password: hunter2, b: ]\n");
  const auto problems = folder.load().problems;

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].source_line == "a: {sasl.password: ******** ** *");
}

TEST_CASE("a secret is read from its file without the newline at its end") {
  ConfigFolder folder;
  folder.write("pass", " two\nlines \r\n")
      .write(
          "alarum.yaml",
          with_kafka("properties: {b: 1}, properties_files: {sasl.password: " + folder.path("pass") + "}"));
  const LoadedConfig loaded = folder.load();

  REQUIRE(loaded.problems.empty());
  CHECK(loaded.config.sources.at(0).kafka.properties ==
        Properties{{"b", "1"}, {"sasl.password", " two\nlines "}});
}

TEST_CASE("a relative path begins at the folder of credentials") {
  ConfigFolder folder;
  folder.write("credentials/pass", "x\n")
      .write("alarum.yaml", with_kafka("properties_files: {sasl.password: pass}"));
  const LoadedConfig loaded = folder.load({"CREDENTIALS_DIRECTORY=" + folder.path("credentials")});

  REQUIRE(loaded.problems.empty());
  CHECK(loaded.config.sources.at(0).kafka.properties == Properties{{"sasl.password", "x"}});
}

TEST_CASE("a secret that cannot be had is an error at its key") {
  ConfigFolder folder;
  folder.write("empty", "\n").write("large", std::string(70000, 'x'));
  const auto problem_with = [&](const std::string& keys) {
    folder.write("alarum.yaml", with_kafka(keys));
    return folder.problems({"CREDENTIALS_DIRECTORY=" + folder.path("")});
  };

  CHECK(problem_with("properties_files: {sasl.password: gone}") ==
        "alarum.yaml:4:59 unreadable_secret: the property 'sasl.password': cannot read '/gone': No such file "
        "or directory\n");
  CHECK(problem_with("properties_files: {sasl.password: empty}") ==
        "alarum.yaml:4:59 unreadable_secret: the property 'sasl.password': '/empty' is empty\n");
  CHECK(problem_with("properties_files: {sasl.password: large}") ==
        "alarum.yaml:4:59 unreadable_secret: the property 'sasl.password': '/large' is larger than 65536 "
        "bytes\n");
  CHECK(problem_with("properties: {a: b}, properties_files: {a: empty}") ==
        "alarum.yaml:4:79 unreadable_secret: the property 'a': it is in 'properties' as well\n");
}

TEST_CASE("who connects nowhere leaves secrets where they are") {
  ConfigFolder folder;
  folder.write("alarum.yaml", with_kafka("properties_files: {sasl.password: /gone}"));
  const LoadedConfig loaded = load_config(folder.path("alarum.yaml"), {}, alarum_options(), Secrets::leave);

  CHECK(loaded.problems.empty());
  CHECK(loaded.config.sources.at(0).kafka.properties.empty());
}

TEST_CASE("a line keeps its width without its secret") {
  CHECK(without_secrets("plain: text") == "plain: text");
  CHECK(without_secrets("  a: {SSL.Key.Password: pä ss}") == "  a: {SSL.Key.Password: ** ***");
  CHECK(without_secrets("password") == "password");
}

}  // namespace alarum
