#include "responders/jira.h"

#include "daemon/base/json_node.h"
#include "daemon/http_client/http_header.h"
#include "responders/foreign_text.h"
#include "tests/unit/responders/notice_world.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cctype>

namespace alarum {
namespace {

JiraTarget cloud() {
  return {"https://example.atlassian.net", JiraEdition::cloud,
          basic_authorization("bot@example.org", "token"), "SOC", "Task"};
}

JiraTarget data_center() {
  return {"https://jira.example.org/jira", JiraEdition::data_center, "Bearer token", "SOC", "Task"};
}

JsonNode json_of(const HttpRequest& request) {
  auto root = parse_json(request.body, {});
  REQUIRE(root.has_value());
  return *std::move(root);
}

const JsonNode& fields_of(const JsonNode& root) { return *root.find("fields"); }

/// The texts of a document's paragraphs, each in one.
std::vector<std::string> paragraphs(const JsonNode& document) {
  std::vector<std::string> out;
  for (const JsonNode& paragraph : document.find("content")->items) {
    REQUIRE(paragraph.text_of("type") == "paragraph");
    std::string& text = out.emplace_back();
    for (const JsonNode& part : paragraph.find("content")->items) {
      REQUIRE(part.text_of("type") == "text");
      REQUIRE_FALSE(part.text_of("text").empty());
      text += part.text_of("text");
    }
  }
  return out;
}

bool has(const std::vector<std::string>& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

/// What a reader sees of wiki markup that is text and numeric entities only.
std::string as_seen(std::string_view wiki) {
  std::string out;
  for (std::size_t at = 0; at < wiki.size();) {
    if (!wiki.substr(at).starts_with("&#")) {
      out += wiki[at++];
      continue;
    }
    const std::size_t end = wiki.find(';', at);
    out += static_cast<char>(std::stoi(std::string(wiki.substr(at + 2, end - at - 2))));
    at = end + 1;
  }
  return out;
}

bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// Whether wiki markup holds only what cannot mean anything: letters, digits, spaces, what is not ASCII,
/// numeric entities, and dots between letters or digits.
bool is_inert(const std::string& wiki) {
  for (std::size_t at = 0; at < wiki.size(); ++at) {
    const char c = wiki[at];
    if (static_cast<unsigned char>(c) >= 0x80U || c == ' ' || is_letter_or_digit(c)) continue;
    if (c == '.' && at > 0 && at + 1 < wiki.size() && is_letter_or_digit(wiki[at - 1]) &&
        is_letter_or_digit(wiki[at + 1]))
      continue;
    const std::size_t end = wiki.find(';', at);
    if (wiki.substr(at, 2) != "&#" || end == std::string::npos || end > at + 5) return false;
    at = end;
  }
  return true;
}

}  // namespace

TEST_CASE("a ticket is looked for by a label made from the incident's id") {
  const HttpRequest request = jira_search(cloud(), "0123abcd");

  CHECK(request.method == HttpMethod::post);
  CHECK(request.is_repeatable);
  CHECK(request.url == "https://example.atlassian.net/rest/api/3/search/jql");
  CHECK(request.body ==
        R"({"jql":"project = \"SOC\" AND labels = \"alarum-0123abcd\" ORDER BY created ASC","maxResults":10,)"
        R"("fields":["key","created"]})");
  CHECK(request.headers == std::vector<HttpHeader>{{"authorization", "Basic Ym90QGV4YW1wbGUub3JnOnRva2Vu"},
                                                   {"accept", "application/json"},
                                                   {"content-type", "application/json"}});
  CHECK(jira_search(data_center(), "0123abcd").url == "https://jira.example.org/jira/rest/api/2/search");
}

TEST_CASE("a project's name ends no condition of a search") {
  JiraTarget target = cloud();
  target.project = "SOC\" OR \\";
  CHECK(json_of(jira_search(target, "01")).text_of("jql") ==
        R"(project = "SOC\" OR \\" AND labels = "alarum-01" ORDER BY created ASC)");
}

TEST_CASE("a ticket of the cloud has a title, a label and a document") {
  const HttpRequest request = jira_create(cloud(), test::plain_notice());

  CHECK(request.url == "https://example.atlassian.net/rest/api/3/issue");
  CHECK_FALSE(request.is_repeatable);
  CHECK(request.body.starts_with(
      R"({"fields":{"project":{"key":"SOC"},"issuetype":{"name":"Task"},)"
      R"("summary":"high: Encoded PowerShell","labels":["alarum-0123456789abcdef0123456789abcdef",)"
      R"("alarum-action-fedcba9876543210fedcba9876543210"],)"
      R"("description":{"type":"doc","version":1,"content":[)"
      R"({"type":"paragraph","content":[{"type":"text","text":"Level: "},{"type":"text","text":"high"}]},)"));
  CHECK(
      request.body.find(
          R"({"type":"text","text":"https://alarum.example.org/incidents/0123456789abcdef0123456789abcdef",)"
          R"("marks":[{"type":"link","attrs":{"href":)"
          R"("https://alarum.example.org/incidents/0123456789abcdef0123456789abcdef"}}]})") !=
      std::string::npos);
  const JsonNode root = json_of(request);
  CHECK(paragraphs(*fields_of(root).find("description")) ==
        std::vector<std::string>{
            "Level: high", "State: new", "Alerts: 1500", "First event: 2026-01-02T03:04:05.000000Z",
            "Last event: 2026-01-02T04:00:00.000000Z", "Opened: 2026-01-02T03:04:06.500000Z",
            "Incident: https://alarum.example.org/incidents/0123456789abcdef0123456789abcdef",
            "Seen on two hosts.", "Call the owner.", "Rule: 11111111-1111-4111-8111-111111111111",
            "Entity: host.name ws-17", "Entity: source.ip 10.0.0.1",
            "alarum incident 0123456789abcdef0123456789abcdef"});
}

TEST_CASE("a ticket of a data center has the same in wiki markup") {
  const JsonNode root = json_of(jira_create(data_center(), test::plain_notice()));
  CHECK(fields_of(root).text_of("description") ==
        "Level: high\nState: new\nAlerts: 1500\n"
        "First event: 2026&#45;01&#45;02T03&#58;04&#58;05.000000Z\n"
        "Last event: 2026&#45;01&#45;02T04&#58;00&#58;00.000000Z\n"
        "Opened: 2026&#45;01&#45;02T03&#58;04&#58;06.500000Z\n"
        "Incident: [https://alarum.example.org/incidents/0123456789abcdef0123456789abcdef]\n"
        "Seen on two hosts&#46;\nCall the owner&#46;\n"
        "Rule: 11111111&#45;1111&#45;4111&#45;8111&#45;111111111111\n"
        "Entity: host.name ws&#45;17\nEntity: source.ip 10.0.0.1\n"
        "alarum incident 0123456789abcdef0123456789abcdef\n");
}

TEST_CASE("wiki markup of others is text") {
  CHECK(jira_wiki_text("h1. {noformat}*b*", 1000) == "h1&#46; &#123;noformat&#125;&#42;b&#42;");
  CHECK(jira_wiki_text("[~admin|http://x] \\ &#42; ABC-1", 1000) ==
        "&#91;&#126;admin&#124;http&#58;&#47;&#47;x&#93; &#92; &#38;&#35;42&#59; ABC&#45;1");
  CHECK(jira_wiki_text("....a.b", 1000) == "&#46;&#46;&#46;&#46;a.b");
  CHECK(jira_wiki_text("**", 9) == "&#42;…");
  for (const std::string& text : test::hostile_texts) {
    CAPTURE(text);
    const std::string wiki = jira_wiki_text(shown(text, Lines::one, 1000), 10'000);
    CHECK(is_inert(wiki));
    CHECK(as_seen(wiki) == shown(text, Lines::one, 1000));
  }
}

TEST_CASE("nothing that others wrote leaves its line of a ticket") {
  for (const std::string& text : test::hostile_texts) {
    CAPTURE(text);
    const IncidentNotice notice = test::notice_with(text);
    const std::string line = shown(text, Lines::one, 300);

    const JsonNode in_cloud = json_of(jira_create(cloud(), notice));
    const auto seen = paragraphs(*fields_of(in_cloud).find("description"));
    for (const char* label : {"Level", "State", "Verdict", "Rule"}) CHECK(has(seen, label + (": " + line)));
    CHECK(has(seen, "Entity: " + shown(text + " " + text, Lines::one, 300)));
    CHECK(jira_create(cloud(), notice).body.find("\"marks\"") == std::string::npos);
    CHECK(fields_of(in_cloud).text_of("summary") == shown(text + ": " + text, Lines::one, 255));
    CHECK(fields_of(in_cloud).members.size() == 5);

    const JsonNode in_data_center = json_of(jira_create(data_center(), notice));
    const std::string wiki = fields_of(in_data_center).text_of("description");
    for (const char* label : {"Level: ", "State: ", "Verdict: ", "Rule: "})
      CHECK(wiki.find(label + jira_wiki_text(line, 3000) + "\n") != std::string::npos);
    CHECK(as_seen(wiki).size() < 5000);
  }
}

TEST_CASE("a ticket keeps within what Jira takes, and its last line stays") {
  IncidentNotice notice = test::notice_with(std::string(1U << 20U, '*'));
  notice.entities.assign(1000, {"user.name", std::string(10'000, '*')});
  notice.rule_ids.assign(1000, std::string(10'000, '*'));
  for (const JiraTarget& target : {cloud(), data_center()}) {
    const JsonNode root = json_of(jira_create(target, notice));
    const JsonNode& description = *fields_of(root).find("description");
    std::string text = description.text;
    if (target.edition == JiraEdition::cloud) {
      for (const std::string& line : paragraphs(description)) text += line + "\n";
    }
    CHECK(text.size() < 32'767);
    CHECK(text.size() > 15'000);
    CHECK(text.ends_with("…\nalarum incident 0123456789abcdef0123456789abcdef\n"));
    CHECK(fields_of(root).text_of("summary").size() <= 257);  // 255, `…` has three bytes
  }
}

TEST_CASE("what Jira takes is counted in characters, not in bytes") {
  IncidentNotice notice = test::plain_notice();
  notice.text.clear();
  for (int i = 0; i < 7000; ++i) notice.text += "日";
  for (const JiraTarget& target : {cloud(), data_center()}) {
    const std::string body = jira_create(target, notice).body;
    CHECK(body.find(notice.text) != std::string::npos);
    CHECK(body.find("…") == std::string::npos);
    CHECK(body.find("source.ip 10.0.0.1") != std::string::npos);
  }
}

TEST_CASE("a text of many lines does not make a ticket without an end") {
  IncidentNotice notice = test::plain_notice();
  notice.text.assign(5000, '\n');
  notice.text += "last";
  CHECK(jira_create(cloud(), notice).body.find("last\"") == std::string::npos);
  notice.text.clear();
  for (int i = 0; i < 3000; ++i) notice.text += "x\n";
  CHECK(jira_create(cloud(), notice).body.size() < 60'000);
}

TEST_CASE("a comment says by its last line which action it is of") {
  const HttpRequest request = jira_comment(cloud(), "SOC-17", test::plain_notice());

  CHECK(request.url == "https://example.atlassian.net/rest/api/3/issue/SOC-17/comment");
  CHECK_FALSE(request.is_repeatable);
  CHECK(paragraphs(*json_of(request).find("body")) ==
        std::vector<std::string>{"Seen on two hosts.", "Call the owner.", "Level: high", "State: new",
                                 "Alerts: 1500", "Last event: 2026-01-02T04:00:00.000000Z",
                                 "alarum action fedcba9876543210fedcba9876543210"});
  CHECK(json_of(jira_comment(data_center(), "SOC-17", test::plain_notice()))
            .text_of("body")
            .ends_with("\nalarum action fedcba9876543210fedcba9876543210\n"));
}

TEST_CASE("comments, transitions and the state of a ticket are asked for by its key") {
  CHECK(jira_comments(data_center(), "SOC-17").url ==
        "https://jira.example.org/jira/rest/api/2/issue/SOC-17/comment?orderBy=-created&maxResults=50");
  CHECK(jira_transitions(cloud(), "SOC-17").url ==
        "https://example.atlassian.net/rest/api/3/issue/SOC-17/transitions");
  CHECK(jira_state(cloud(), "SOC-17").url ==
        "https://example.atlassian.net/rest/api/3/issue/SOC-17?fields=status,resolution");
  CHECK(jira_state(cloud(), "SOC-17").method == HttpMethod::get);
  const HttpRequest transition = jira_transition(cloud(), "SOC-17", "31");
  CHECK(transition.method == HttpMethod::post);
  CHECK(transition.body == R"({"transition":{"id":"31"}})");
  CHECK(check_headers(transition.headers).has_value());
}

}  // namespace alarum
