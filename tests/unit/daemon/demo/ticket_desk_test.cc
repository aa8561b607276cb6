#include "daemon/demo/ticket_desk.h"

#include "responders/jira.h"
#include "responders/jira_answer.h"
#include "tests/unit/responders/notice_world.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace alarum::demo {
namespace {

const JiraTarget target = {"http://127.0.0.1:1", JiraEdition::cloud, "Bearer none", "DEMO", "Task"};

/// What the desk answers to a request of the responder `jira`.
HttpResponse asked(TicketDesk& desk, const HttpRequest& request) {
  const std::string method = request.method == HttpMethod::post ? "POST" : "GET";
  const HttpAnswer answer = desk.answer({method, request.url.substr(target.base_url.size()), request.body});
  return {answer.status, "", answer.body};
}

std::string shown(TicketDesk& desk, const std::string& path) { return desk.answer({"GET", path, ""}).body; }

bool is_plain(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7F; });
}

}  // namespace

TEST_CASE("the stand-in for a Jira finds the ticket of an incident once it was created, and no other") {
  TicketDesk desk;
  const IncidentNotice notice = test::plain_notice();
  CHECK(read_jira_search(asked(desk, jira_search(target, notice.incident_id)))->has_value() == false);

  CHECK(*read_jira_created(asked(desk, jira_create(target, notice))) == "DEMO-1");

  CHECK(*read_jira_search(asked(desk, jira_search(target, notice.incident_id))) == "DEMO-1");
  CHECK_FALSE(read_jira_search(asked(desk, jira_search(target, "00")))->has_value());
}

TEST_CASE("after an attempt in doubt the stand-in for a Jira tells which action created a ticket") {
  TicketDesk desk;
  const IncidentNotice notice = test::plain_notice();
  asked(desk, jira_create(target, notice));

  const auto labels = asked(desk, jira_labels(target, "DEMO-1"));
  CHECK(*read_jira_labels(labels, notice.action_id));
  CHECK_FALSE(*read_jira_labels(labels, "00"));
  CHECK_FALSE(*read_jira_comments(asked(desk, jira_comments(target, "DEMO-1")), notice.action_id));
}

TEST_CASE("the stand-in for a Jira shows a ticket with what the responder wrote into it") {
  TicketDesk desk;
  asked(desk, jira_create(target, test::plain_notice()));

  const std::string ticket = shown(desk, "/browse/DEMO-1");
  for (const char* const part :
       {"DEMO-1  high: Encoded PowerShell\n", "  Alerts: 1500\n", "  Call the owner.\n",
        "  Entity: host.name ws-17\n", "  label alarum-0123456789abcdef0123456789abcdef\n"}) {
    INFO(ticket);
    CHECK(ticket.find(part) != std::string::npos);
  }
  CHECK(shown(desk, "/").find(ticket) != std::string::npos);
  CHECK(desk.take_news() == std::vector<std::string>{"DEMO-1  high: Encoded PowerShell"});
  CHECK(desk.take_news().empty());
}

TEST_CASE("what attackers wrote moves no cursor where the stand-in for a Jira shows it") {
  TicketDesk desk;
  for (const std::string& text : test::hostile_texts) {
    IncidentNotice notice = test::notice_with(text);
    CHECK(read_jira_created(asked(desk, jira_create(target, notice))).has_value());
  }

  CHECK(is_plain(shown(desk, "/")));
  for (const std::string& line : desk.take_news()) CHECK(is_plain(line));
}

TEST_CASE("the stand-in for a Jira refuses what is no ticket, and what it does not know") {
  TicketDesk desk;

  CHECK(desk.answer({"POST", "/rest/api/3/issue", "{}"}).status == 400);
  CHECK(desk.answer({"POST", "/rest/api/3/issue", "no JSON"}).status == 400);
  CHECK(desk.answer({"GET", "/browse/DEMO-1", ""}).status == 404);
  CHECK(desk.answer({"GET", "/rest/api/3/issue/DEMO-1", ""}).status == 404);
  CHECK(desk.answer({"DELETE", "/", ""}).status == 404);
}

}  // namespace alarum::demo
