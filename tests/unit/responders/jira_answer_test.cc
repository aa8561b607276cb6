#include "responders/jira_answer.h"

#include "daemon/base/json_writer.h"
#include "responders/jira_text.h"
#include "tests/unit/responders/notice_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

HttpResponse ok(const std::string& body) { return {200, {}, body}; }

const std::string action_id = "fedcba9876543210fedcba9876543210";

std::string comments(JiraEdition edition, const std::vector<JiraLine>& lines) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("total").number(1).key("comments").begin_array();
  json.begin_object().key("id").text("7").key("body");
  write_jira_text(json, edition, lines);
  json.end_object().end_array().end_object();
  return out;
}

/// What is wrong with an answer to a search.
std::string problem_of(const HttpResponse& response) { return read_jira_search(response).error().message; }

}  // namespace

TEST_CASE("a ticket's key is letters, a hyphen and a number: it becomes part of a URL") {
  for (const char* key : {"SOC-17", "A-1", "AB_2-99999"}) CHECK(is_jira_issue_key(key));
  for (const char* key : {"", "SOC", "SOC-", "-17", "soc-17", "SOC-17/x", "SOC-17?x", "../-1", "SOC-1 7",
                          "SOC-17\n", "SOC--17", "1A-1", "_A-1", "SÖC-17"})
    CHECK_FALSE(is_jira_issue_key(key));
  CHECK_FALSE(is_jira_issue_key("A-" + std::string(100, '1')));
}

TEST_CASE("a search finds the first ticket or none") {
  CHECK(*read_jira_search(ok(R"({"issues":[],"isLast":true})")) == std::nullopt);
  CHECK(*read_jira_search(ok(R"({"issues":[{"id":"1","key":"SOC-17"},{"id":"2","key":"SOC-18"}]})")) ==
        "SOC-17");
}

TEST_CASE("nothing is concluded from an answer that is not what was asked for") {
  CHECK(problem_of(ok("<html>")) == "Jira's answer is not what was asked for: byte 0: no value begins so");
  CHECK(problem_of(ok("[]")) == "Jira's answer is not what was asked for: no object");
  CHECK(problem_of(ok("{}")) == "Jira's answer is not what was asked for: no list 'issues'");
  CHECK(problem_of(ok(R"({"issues":{}})")) == "Jira's answer is not what was asked for: no list 'issues'");
  CHECK(problem_of(ok(R"({"issues":[],"issues":[]})")).find("a name comes twice") != std::string::npos);
  CHECK(problem_of(ok(R"({"issues":[7]})")) == "Jira's answer is not what was asked for: no text 'key'");
  CHECK(problem_of(ok(R"({"issues":[{"key":"../../x"}]})")) ==
        "Jira's answer is not what was asked for: '../../x' is no key of a ticket");
  CHECK_FALSE(read_jira_search(ok(R"({"issues":[]} x)")).has_value());
  CHECK_FALSE(read_jira_created({200, {}, R"({"key":"SOC-17"})"}).has_value());
  CHECK_FALSE(read_jira_search(ok(std::string(5U << 20U, ' '))).has_value());
}

TEST_CASE("an error of Jira comes with its own words, made safe") {
  CHECK(
      problem_of({400, {}, R"({"errorMessages":["bad JQL","no \u001b"],"errors":{"project":"is gone"}})"}) ==
      "Jira answers 400 instead of 200: bad JQL; no \\u{001B}; project: is gone");
  CHECK(problem_of({502, {}, "<html>secret</html>"}) == "Jira answers 502 instead of 200");
  CHECK(problem_of({400, {}, R"({"errorMessages":[")" + std::string(5000, 'x') + R"("]})"}).size() < 300);
}

TEST_CASE("a created ticket has a key") {
  CHECK(*read_jira_created({201, {}, R"({"id":"10","key":"SOC-17","self":"https://x"})"}) == "SOC-17");
  CHECK_FALSE(read_jira_created({201, {}, R"({"id":"10"})"}).has_value());
}

TEST_CASE("a comment of an action is found again, as both editions write it") {
  for (const JiraEdition edition : {JiraEdition::cloud, JiraEdition::data_center}) {
    const auto lines = jira_comment_lines(test::plain_notice());
    CHECK(*read_jira_comments(ok(comments(edition, lines)), action_id));
    CHECK_FALSE(*read_jira_comments(ok(comments(edition, lines)), "fedcba9876543210fedcba987654321f"));
  }
  CHECK_FALSE(*read_jira_comments(ok(R"({"comments":[]})"), action_id));
  CHECK(*read_jira_comments(ok(R"({"comments":[{"body":"x\r\nalarum action )" + action_id + R"(\r\n"}]})"),
                            action_id));
  CHECK_FALSE(*read_jira_comments(ok(R"({"comments":[{"body":"see alarum action )" + action_id + R"("}]})"),
                                  action_id));
  CHECK_FALSE(read_jira_comments(ok(R"({"comments":[{"id":"1"}]})"), action_id).has_value());
  CHECK_FALSE(read_jira_comments(ok("{}"), action_id).has_value());
  CHECK(read_jira_commented({201, {}, "{}"}).has_value());
  CHECK_FALSE(read_jira_commented({200, {}, "{}"}).has_value());
}

TEST_CASE("a transition is found by its name, which has to be unique") {
  const HttpResponse answer =
      ok(R"({"transitions":[{"id":"11","name":"Start"},{"id":"31","name":"Done"},{"id":"41","name":"Twice"},)"
         R"({"id":"42","name":"Twice"}]})");
  CHECK(*read_jira_transitions(answer, "Done") == "31");
  CHECK(read_jira_transitions(answer, "done").error().code == ErrorCode::not_found);
  CHECK(read_jira_transitions(answer, "done").error().message ==
        "the ticket has no transition 'done' now, only 'Start', 'Done', 'Twice', 'Twice'");
  CHECK(read_jira_transitions(answer, "Twice").error().code == ErrorCode::invalid);
  CHECK(read_jira_transitions(ok(R"({"transitions":[]})"), "Done").error().message ==
        "the ticket has no transition 'Done' now, only none");
  for (const char* id : {R"("1/2")", R"("")", "31", R"("-1")", "null"}) {
    const std::string body = R"({"transitions":[{"id":)" + std::string(id) + R"(,"name":"Done"}]})";
    CHECK_FALSE(read_jira_transitions(ok(body), "Done").has_value());
  }
  CHECK(read_jira_transitioned({204, {}, ""}).has_value());
  CHECK_FALSE(read_jira_transitioned({400, {}, ""}).has_value());
}

TEST_CASE("the state of a ticket is its status, and whether that ends it") {
  const auto open =
      read_jira_state(ok(R"({"fields":{"status":{"name":"Doing","statusCategory":{"key":"indeterminate"}},)"
                         R"("resolution":null}})"));
  REQUIRE(open.has_value());
  CHECK(open->status == "Doing");
  CHECK_FALSE(open->is_done);
  CHECK(open->resolution.empty());

  const auto done =
      read_jira_state(ok(R"({"fields":{"status":{"name":"Closed","statusCategory":{"key":"done"}},)"
                         R"("resolution":{"name":"Fixed"}}})"));
  REQUIRE(done.has_value());
  CHECK(done->is_done);
  CHECK(done->resolution == "Fixed");

  for (const char* body :
       {"{}", R"({"fields":{}})", R"({"fields":{"status":{"name":"x"}}})",
        R"({"fields":{"status":{"name":7,"statusCategory":{"key":"done"}}}})",
        R"({"fields":{"status":{"name":"x","statusCategory":{"key":"done"}},"resolution":7}})"}) {
    CAPTURE(body);
    CHECK_FALSE(read_jira_state(ok(body)).has_value());
  }
}

}  // namespace alarum
