#include "config/playbook_config.h"

#include "config/option_reference.h"
#include "tests/unit/support/playbook_file.h"

#include <catch2/catch.hpp>

#include <chrono>

namespace alarum {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::PlaybookFile;
using test::told;

}  // namespace

TEST_CASE("a step is the name of a responder, or says more") {
  const auto playbooks =
      PlaybookFile(
          "playbooks:\n"
          "- name: cut off brute force\n"
          "  when: {tags|contains: attack.t1110}\n"
          "  do:\n"
          "  - chat\n"
          "  - {responder: firewall, target: source.ip, for: 15m, after: 2s, deadline: 1m, only_if: "
          "previous_done}\n")
          .playbooks();

  REQUIRE(playbooks.size() == 1);
  CHECK(playbooks[0].name == "cut off brute force");
  REQUIRE(playbooks[0].when != nullptr);
  CHECK(playbooks[0].when->members.front().key.text == "tags|contains");
  CHECK(playbooks[0].file->path == "alarum.yaml");
  REQUIRE(playbooks[0].steps.size() == 2);
  const PlaybookStepConfig& chat = playbooks[0].steps[0];
  CHECK(chat.responder == "chat");
  CHECK(chat.target.empty());
  CHECK_FALSE(chat.lasts.has_value());
  CHECK_FALSE(chat.deadline.has_value());
  CHECK_FALSE(chat.is_only_if_done);
  CHECK(chat.responder_position == Position{5, 5});
  const PlaybookStepConfig& block = playbooks[0].steps[1];
  CHECK(block.responder == "firewall");
  CHECK(block.target == "source.ip");
  CHECK(block.lasts == Duration(minutes(15)));
  CHECK(block.after == Duration(seconds(2)));
  CHECK(block.deadline == Duration(minutes(1)));
  CHECK(block.is_only_if_done);
  CHECK(block.target_position == Position{6, 27});
}

TEST_CASE("the reference has a row for every key of a step, and the default file an example of it") {
  const std::string table = option_table(test::playbook_options());
  CHECK(table.find("| `playbooks[].when` | a Sigma selection | required | ") != std::string::npos);
  CHECK(table.find("| `playbooks[].do[].responder` | a text | required | ") != std::string::npos);
  CHECK(table.find("| `playbooks[].do[].for` | a duration from 1s to 1d | none | ") != std::string::npos);
  CHECK(table.find("| `guard_rails.never_block` | a list of addresses and networks | `[]` | ") !=
        std::string::npos);

  const std::string file = default_file(test::playbook_options());
  INFO(file);
  CHECK(file.find("#   - name: tell\n") != std::string::npos);
  CHECK(file.find("#     when: {level|gte: medium}\n") != std::string::npos);
  CHECK(file.find("#     do:\n") != std::string::npos);
  CHECK(file.find("#       - responder: firewall\n") != std::string::npos);
  CHECK(PlaybookFile(file).problems().empty());
}

TEST_CASE("the environment sets lists of networks, and no playbooks") {
  Settings settings(test::playbook_options());
  settings.read_environment(std::vector<std::string>{"ALARUM_GUARD_RAILS__NEVER_BLOCK=10.0.0.0/8,192.0.2.1",
                                                     "ALARUM_GUARD_RAILS__TRUSTED_PROXIES=proxy",
                                                     "ALARUM_PLAYBOOKS=x"});

  CHECK(settings.value("guard_rails.never_block").texts ==
        std::vector<std::string>{"10.0.0.0/8", "192.0.2.1"});
  CHECK(told(settings.problems()) ==
        "0:0 invalid_value: 'guard_rails.trusted_proxies' takes a list of addresses and networks, not "
        "'proxy'\n"
        "0:0 not_in_environment: 'playbooks' cannot be set by the environment, since lists of sections "
        "cannot (write it into a file below conf.d)\n");
}

TEST_CASE("a playbook of one step needs no list") {
  const auto playbooks = PlaybookFile("playbooks:\n- {name: a, when: {level: high}, do: chat}\n").playbooks();

  REQUIRE(playbooks.size() == 1);
  REQUIRE(playbooks[0].steps.size() == 1);
  CHECK(playbooks[0].steps[0].responder == "chat");
}

TEST_CASE("a playbook needs a name, a condition and something to do") {
  CHECK(told(PlaybookFile("playbooks:\n"
                          "- {when: {level: high}, do: []}\n"
                          "- {name: b, when: high}\n"
                          "- {name: c, do: [[chat], {target: source.ip}]}\n")
                 .problems()) ==
        "2:29 invalid_value: 'playbooks[].do' is an empty list (it takes a list of sections)\n"
        "3:19 invalid_value: 'playbooks[].when' takes a Sigma selection; this is text\n"
        "4:18 invalid_value: 'playbooks[].do[]' is a list, not a section (write a text, or begin it with "
        "'responder: ')\n"
        "2:3 missing_key: 'playbooks[].name' is missing (it takes a text)\n"
        "3:3 missing_key: 'playbooks[].do' is missing (it takes a list of sections)\n"
        "4:3 missing_key: 'playbooks[].when' is missing (it takes a Sigma selection)\n"
        "4:26 missing_key: 'playbooks[].do[].responder' is missing (it takes a text)\n");
}

TEST_CASE("two playbooks of one name are an error that names both") {
  CHECK(told(PlaybookFile("playbooks:\n"
                          "- {name: a, when: {level: high}, do: chat}\n"
                          "- {name: a, when: {level: low}, do: chat}\n")
                 .problems()) ==
        "3:10 duplicate_name: 'playbooks' has a 'a' already, at alarum.yaml:2:10 (give the two different "
        "names, or make them one)\n");
}

TEST_CASE("no block of a playbook lasts longer than a day") {
  CHECK(told(PlaybookFile("playbooks:\n"
                          "- name: a\n"
                          "  when: {level: high}\n"
                          "  do: [{responder: firewall, target: source.ip, for: 25h}]\n")
                 .problems()) ==
        "4:54 invalid_value: 'playbooks[].do[].for' takes a duration from 1s to 1d, not '25h'\n");
}

TEST_CASE("a misspelt key of a step is an error that names the right one") {
  CHECK(told(PlaybookFile("playbooks:\n"
                          "- name: a\n"
                          "  when: {level: high}\n"
                          "  do: [{responder: chat, only_of: previous_done}]\n")
                 .problems()) ==
        "4:26 unknown_key: unknown key 'only_of' in section 'playbooks[].do[]' (did you mean 'only_if'?)\n");
}

}  // namespace alarum
