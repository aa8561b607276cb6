#include "responders/jira_answer.h"
#include "responders/slack.h"
#include "responders/webhook.h"
#include "tests/unit/responders/responder_world.h"

#include <catch2/catch.hpp>

#include <fstream>

namespace alarum {
namespace {

using test::plain_action;
using test::ResponderWorld;

/// Files with secrets.
struct SecretFolder {
  SecretFolder() {
    std::ofstream(folder / "url") << "https://hooks.example/services/T0/B0/secret\n";
    std::ofstream(folder / "signature") << "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n";
    std::ofstream(folder / "token") << "token\n";
  }
  std::string webhook() const {
    return "kind: webhook, url_file: " + (folder / "url") + ", secret_files: [" + (folder / "signature") +
           "]";
  }
  std::string slack() const { return "kind: slack, url_file: " + (folder / "url"); }
  std::string jira() const {
    return "kind: jira, base_url: 'https://jira.example/', project: SOC, user: bot, token_file: " +
           (folder / "token") + ", close_transition: Done";
  }
  test::TemporaryFolder folder;
};

const std::string none_found = R"({"issues":[]})";
const std::string one_found = R"({"issues":[{"key":"SOC-17"}]})";

Action doubtful_action() {
  Action out = plain_action();
  out.attempt = 2;
  out.may_be_done = true;
  return out;
}

}  // namespace

TEST_CASE("a webhook gets the notice, signed, and knows it again by the action's id") {
  const SecretFolder files;
  ResponderWorld world(files.webhook());
  world.http.answers(204).answers(503, "", "7").fails(HttpFailure::timeout, true).answers(404);

  CHECK(world.act(plain_action()).verdict == ActionVerdict::done);
  const HttpRequest& sent = world.http.requests.front();
  CHECK(sent.url == "https://hooks.example/services/T0/B0/secret");
  CHECK(sent.body == webhook_body(test::plain_notice()));
  CHECK(sent.headers.at(0) == HttpHeader{"webhook-id", "fedcba9876543210fedcba9876543210"});
  CHECK(sent.headers.at(2).name == "webhook-signature");
  CHECK(sent.is_repeatable);
  CHECK(sent.total_timeout == std::chrono::seconds(10));
  CHECK(world.act(plain_action()).wait == Duration(std::chrono::seconds(7)));
  CHECK(world.act(plain_action()).verdict == ActionVerdict::in_doubt);
  const ActionResult refused = world.act(plain_action());
  CHECK(refused.verdict == ActionVerdict::failed);
  CHECK(refused.why == "https://hooks.example:443 answers 404");
  CHECK(world.delivery() == DeliveryClass::keyed);
}

TEST_CASE("a webhook's attempt after one in doubt is in doubt until it is accepted") {
  const SecretFolder files;
  ResponderWorld world(files.webhook());
  world.http.fails(HttpFailure::connect, false).answers(200);
  CHECK(world.act(doubtful_action()).verdict == ActionVerdict::in_doubt);
  CHECK(world.act(doubtful_action()).verdict == ActionVerdict::done);
}

TEST_CASE("Slack is never told a second time what it may have shown") {
  const SecretFolder files;
  ResponderWorld world(files.slack());
  world.http.answers(200, "ok")
      .answers(400, "invalid_payload")
      .answers(502, "<p>/services/T0/B0/secret")
      .answers(200, "hm")
      .answers(429, "rate_limited", "3");

  CHECK(world.act(plain_action()).verdict == ActionVerdict::done);
  CHECK(world.http.requests.front().body == slack_body(test::plain_notice()));
  CHECK(world.act(plain_action()).why == "Slack answers 400: 'invalid_payload'");
  const ActionResult doubt = world.act(plain_action());
  CHECK(doubt.verdict == ActionVerdict::in_doubt);
  CHECK(doubt.why == "https://hooks.example:443 answers 502");
  CHECK(world.act(plain_action()).verdict == ActionVerdict::in_doubt);
  CHECK(world.act(plain_action()).wait == Duration(std::chrono::seconds(3)));
  CHECK(world.act(doubtful_action()).verdict == ActionVerdict::in_doubt);
  CHECK(world.http.requests.size() == 5);
  CHECK(world.delivery() == DeliveryClass::once);
}

TEST_CASE("Jira gets one ticket for an incident, and a comment for each later action") {
  const SecretFolder files;
  ResponderWorld world(files.jira());
  world.http.answers(200, none_found).answers(201, R"({"key":"SOC-17"})").answers(201, "{}");

  const ActionResult created = world.act(plain_action());
  CHECK(created.verdict == ActionVerdict::done);
  CHECK(created.reference == "SOC-17");
  Action later = plain_action();
  later.notice.action_id = "0123";
  CHECK(world.act(later).reference == "SOC-17");
  CHECK(world.http.requests.at(1).url == "https://jira.example/rest/api/3/issue");
  CHECK(world.http.requests.at(2).url == "https://jira.example/rest/api/3/issue/SOC-17/comment");
}

TEST_CASE("Jira is asked nothing about what has no id that its ticket could be found by") {
  const SecretFolder files;
  for (const char* const id : {"", "no digits", "\" OR project = OTHER"}) {
    ResponderWorld world(files.jira());
    Action action = plain_action();
    action.notice.incident_id = id;

    CHECK(world.act(action).verdict == ActionVerdict::failed);
    CHECK(world.http.requests.empty());
  }
}

TEST_CASE("a ticket that may be there is looked for a minute later, and created where it is not") {
  const SecretFolder files;
  ResponderWorld world(files.jira());
  world.clock.steady_time = std::chrono::hours(1);
  world.http.answers(200, none_found)
      .fails(HttpFailure::timeout, true)
      .answers(200, none_found)
      .answers(200, none_found)
      .answers(201, R"({"key":"SOC-18"})");

  CHECK(world.act(plain_action()).wait == Duration(std::chrono::minutes(1)));
  world.clock.steady_time += std::chrono::seconds(20);
  const ActionResult waiting = world.act(doubtful_action());
  CHECK(waiting.verdict == ActionVerdict::in_doubt);
  CHECK(waiting.wait == Duration(std::chrono::seconds(40)));
  world.clock.steady_time += std::chrono::seconds(40);
  CHECK(world.act(doubtful_action()).reference == "SOC-18");
}

TEST_CASE("a ticket that the process before may have created is waited for, too") {
  const SecretFolder files;
  ResponderWorld world(files.jira());
  Action action = plain_action();
  action.notice.opened = parse_time("2026-01-02T03:04:00Z");  // before this process
  world.http.answers(200, none_found).answers(200, none_found).answers(201, R"({"key":"SOC-19"})");

  const ActionResult waiting = world.act(action);
  CHECK(waiting.verdict == ActionVerdict::not_done);
  CHECK(waiting.wait == Duration(std::chrono::minutes(1)));
  world.clock.steady_time += std::chrono::minutes(1);
  CHECK(world.act(action).reference == "SOC-19");
}

TEST_CASE("a ticket that is found was created by the action, commented by it, or is commented now") {
  const SecretFolder files;
  const std::string id = plain_action().notice.action_id;
  ResponderWorld world(files.jira());
  world.http.answers(200, one_found)
      .answers(200, R"({"comments":[]})")
      .answers(200, R"({"fields":{"labels":["alarum-action-)" + id + R"("]}})");
  world.http.answers(200, R"({"comments":[{"body":"alarum action )" + id + R"("}]})");
  world.http.answers(200, R"({"comments":[]})")
      .answers(200, R"({"fields":{"labels":[]}})")
      .answers(201, "{}");

  CHECK(world.act(doubtful_action()).verdict == ActionVerdict::done);
  CHECK(world.act(doubtful_action()).verdict == ActionVerdict::done);
  CHECK(world.http.requests.size() == 4);
  CHECK(world.act(doubtful_action()).verdict == ActionVerdict::done);
  CHECK(world.http.requests.back().url.ends_with("/SOC-17/comment"));
}

TEST_CASE("to end the ticket of an incident makes none") {
  const SecretFolder files;
  Action end = plain_action();
  end.notice.state = "resolved";
  end.is_end = true;
  ResponderWorld world(files.jira());
  world.http.answers(200, none_found);
  CHECK(world.act(end).verdict == ActionVerdict::done);
  CHECK(world.http.requests.size() == 1);
}

TEST_CASE("a ticket of the last minute is known however many there are") {
  constexpr int tickets = 10'050;
  const SecretFolder files;
  ResponderWorld world(files.jira());
  Action action = plain_action();
  const auto tell = [&](int incident) {
    std::string id = std::to_string(incident);
    id.insert(0, 32 - id.size(), '0');
    action.notice.incident_id = id;
    return world.act(action);
  };
  for (int i = 0; i < tickets; ++i) {
    world.http.answers(200, none_found).answers(201, R"({"key":"SOC-18"})");
    REQUIRE(tell(i).verdict == ActionVerdict::done);
  }
  world.http.answers(201, "{}");
  CHECK(tell(9'990).verdict == ActionVerdict::done);
  CHECK(world.http.requests.size() == 2 * tickets + 1);
  CHECK(world.http.requests.back().url.ends_with("/SOC-18/comment"));
}

TEST_CASE("the ticket of a resolved incident is closed, and read back") {
  const SecretFolder files;
  const auto state = [](const std::string& category) {
    return R"({"fields":{"status":{"name":"S","statusCategory":{"key":")" + category + R"("}}}})";
  };
  Action resolved = plain_action();
  resolved.notice.state = "resolved";
  ResponderWorld world(files.jira());
  world.http.answers(200, one_found)
      .answers(201, "{}")
      .answers(200, state("new"))
      .answers(200, R"({"transitions":[{"id":"31","name":"Done"}]})")
      .answers(204)
      .answers(200, state("done"));
  CHECK(world.act(resolved).verdict == ActionVerdict::done);

  world.http.answers(201, "{}")
      .answers(200, state("new"))
      .answers(200, R"({"transitions":[{"id":"31","name":"Done"}]})")
      .answers(204)
      .answers(200, state("new"));
  const ActionResult open = world.act(resolved);
  CHECK(open.verdict == ActionVerdict::failed);
  CHECK(open.why == "the ticket is in the state 'S' after its transition, which does not end it");
}

TEST_CASE("hostile texts go out as the bytes that the kind writes for them") {
  const SecretFolder files;
  Action action = plain_action();
  std::vector<std::string> texts(test::hostile_texts.begin(), test::hostile_texts.end());
  texts.push_back(std::string(1U << 20U, 'x'));
  for (const std::string& text : texts) {
    action.notice = test::notice_with(text);
    ResponderWorld webhook(files.webhook());
    webhook.http.answers(200);
    CHECK(webhook.act(action).verdict == ActionVerdict::done);
    CHECK(webhook.http.requests.front().body == webhook_body(action.notice));
    ResponderWorld slack(files.slack());
    slack.http.answers(200, "ok");
    CHECK(slack.act(action).verdict == ActionVerdict::done);
    CHECK(slack.http.requests.front().body == slack_body(action.notice));
  }
}

TEST_CASE("what is wrong with an entry is told where it is written") {
  CHECK(ResponderWorld("kind: webhook").problems() == "missing_key: 'responders[].url' is missing\n");
  CHECK(ResponderWorld("kind: slack").problems() == "missing_key: 'responders[].url_file' is missing\n");
  CHECK(ResponderWorld("kind: webhook, url: 'ftp://x/secret'").problems().find("secret") ==
        std::string::npos);
  CHECK_FALSE(ResponderWorld("kind: webhook, url: 'ftp://x/secret'").is_made());
  CHECK(ResponderWorld("kind: slack, url_file: /nowhere/url")
            .problems()
            .starts_with("unreadable_secret: 'url_file': "));
  CHECK(ResponderWorld("kind: webhook, url: 'https://a.example/', url_file: /nowhere/url")
            .problems()
            .starts_with("excluded_key: 'responders[]' takes url or url_file, not both"));
  CHECK(ResponderWorld("kind: slack, mode: auto, url_file: /nowhere/url")
            .problems()
            .find("'responders[].mode' does not go with kind 'slack'") != std::string::npos);
  CHECK(
      ResponderWorld("kind: nftables, mode: approve").problems() ==
      "invalid_value: 'responders[].mode': 'approve' is not yet supported; write shadow, and act by hand\n");
  CHECK(ResponderWorld("kind: nftables, mode: auto").problems().empty());
}

}  // namespace alarum
