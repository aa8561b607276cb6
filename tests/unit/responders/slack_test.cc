#include "responders/slack.h"

#include "daemon/base/json_node.h"
#include "responders/foreign_text.h"
#include "tests/unit/responders/notice_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

JsonNode body_of(const IncidentNotice& notice) {
  auto root = parse_json(slack_body(notice), {});
  REQUIRE(root.has_value());
  return *std::move(root);
}

/// Every text object below `node`: what has a type of text and a text.
std::vector<const JsonNode*> text_objects(const JsonNode& node) {
  std::vector<const JsonNode*> out;
  if (node.find("type") != nullptr && node.find("text") != nullptr && node.find("text")->is_text())
    out.push_back(&node);
  const auto add = [&](const JsonNode& part) {
    for (const JsonNode* const found : text_objects(part)) out.push_back(found);
  };
  for (const JsonNode& item : node.items) add(item);
  for (const JsonMember& part : node.members) add(part.value);
  return out;
}

/// How Slack shows a text in which it finds no markup.
std::string as_seen(std::string text) {
  for (const auto& [written, meant] :
       {std::pair("&lt;", "<"), std::pair("&gt;", ">"), std::pair("&amp;", "&")}) {
    for (std::size_t at = 0; (at = text.find(written, at)) != std::string::npos; ++at)
      text.replace(at, std::string_view(written).size(), meant);
  }
  return text;
}

/// Whether nothing in it could begin markup or an entity of Slack, or move a cursor.
bool is_inert(const std::string& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '<' || text[at] == '>') return false;
    const std::string_view rest = std::string_view(text).substr(at);
    if (text[at] == '&' && !rest.starts_with("&amp;") && !rest.starts_with("&lt;") &&
        !rest.starts_with("&gt;"))
      return false;
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte < 0x20U && byte != '\n' && byte != '\t') || byte == 0x7FU) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a message for Slack is Block Kit, with one link of ours") {
  const HttpRequest request = slack_request("https://hooks.slack.com/services/T0/B0/x", test::plain_notice());

  CHECK(request.method == HttpMethod::post);
  CHECK(request.url == "https://hooks.slack.com/services/T0/B0/x");
  CHECK_FALSE(request.is_repeatable);
  CHECK(request.headers == std::vector<HttpHeader>{{"content-type", "application/json; charset=utf-8"}});
  CHECK(request.body ==
        R"({"text":"high: Encoded PowerShell","mrkdwn":false,"link_names":false,"unfurl_links":false,)"
        R"("unfurl_media":false,"blocks":[)"
        R"({"type":"header","text":{"type":"plain_text","text":"high: Encoded PowerShell","emoji":false}},)"
        R"({"type":"section","fields":[{"type":"plain_text","text":"State\nnew","emoji":false},)"
        R"({"type":"plain_text","text":"Alerts\n1500","emoji":false},)"
        R"({"type":"plain_text","text":"First event\n2026-01-02T03:04:05.000000Z","emoji":false},)"
        R"({"type":"plain_text","text":"Last event\n2026-01-02T04:00:00.000000Z","emoji":false},)"
        R"({"type":"plain_text","text":"Opened\n2026-01-02T03:04:06.500000Z","emoji":false}]},)"
        R"({"type":"section","text":{"type":"plain_text","text":"host.name ws-17\nsource.ip 10.0.0.1",)"
        R"("emoji":false}},)"
        R"({"type":"section","text":{"type":"plain_text","text":"rule 11111111-1111-4111-8111-111111111111",)"
        R"("emoji":false}},)"
        R"({"type":"section","text":{"type":"plain_text","text":"Seen on two hosts.\nCall the owner.",)"
        R"("emoji":false}},)"
        R"({"type":"section","text":{"type":"mrkdwn","text":"<https://alarum.example.org/incidents/)"
        R"(0123456789abcdef0123456789abcdef|Open the incident>","verbatim":true}},)"
        R"({"type":"section","text":{"type":"plain_text","text":"incident 0123456789abcdef0123456789abcdef\n)"
        R"(action fedcba9876543210fedcba9876543210","emoji":false}}]})");
}

TEST_CASE("what others wrote is plain text in Slack, and escaped") {
  IncidentNotice notice = test::plain_notice();
  notice.title = "<!channel> <https://evil.example|click> &lt; *b* :smile: \x1B[2J\u202E\n\xFF";
  const JsonNode body = body_of(notice);

  const std::string expected =
      "high: &lt;!channel&gt; &lt;https://evil.example|click&gt; &amp;lt; *b* :smile: "
      "\\u{001B}[2J\\u{202E}\\u{000A}\\xFF";
  CHECK(body.text_of("text") == expected);
  CHECK(body.find("blocks")->items.at(0).find("text")->text_of("text") == expected);
}

TEST_CASE("nothing that others wrote is markup in Slack, wherever it stands") {
  for (const std::string& text : test::hostile_texts) {
    CAPTURE(text);
    const JsonNode body = body_of(test::notice_with(text));
    CHECK(body.text_of("mrkdwn") == "false");
    CHECK(is_inert(body.text_of("text")));
    for (const JsonNode* const object : text_objects(*body.find("blocks"))) {
      CHECK(object->text_of("type") == "plain_text");
      CHECK(object->text_of("emoji") == "false");
      CHECK(is_inert(object->text_of("text")));
    }
    const JsonNode& blocks = *body.find("blocks");
    CHECK(as_seen(blocks.items.at(1).find("fields")->items.at(0).text_of("text")) ==
          "State\n" + shown(text, Lines::one, 100));
    CHECK(as_seen(blocks.items.at(3).find("text")->text_of("text")) ==
          "rule " + shown(text, Lines::one, 100));
    CHECK(as_seen(blocks.items.at(4).find("text")->text_of("text")) == shown(text, Lines::several, 1000));
  }
}

TEST_CASE("a link that could end its markup is left out of Slack") {
  const auto links = [](const std::string& link) {
    IncidentNotice notice = test::plain_notice();
    notice.link = link;
    return slack_body(notice).find("mrkdwn\",\"text\"") != std::string::npos;
  };
  CHECK(links("https://alarum.example.org/i?a=1&b=2"));
  for (const char* link :
       {"", "https://a.example/x>y", "https://a.example/|", "https://a.example/<", "javascript:1",
        "https://a.example/ x", "https://a.example/\n", "alarum.example.org"})
    CHECK_FALSE(links(link));
  CHECK_FALSE(links("https://a.example/" + std::string(3000, 'x')));
}

TEST_CASE("a message keeps within what Slack takes") {
  IncidentNotice notice = test::notice_with(std::string(1U << 20U, '&'));
  notice.entities.resize(1000, {"user.name", std::string(10'000, 'x')});
  notice.rule_ids.resize(1000, "rule");
  const JsonNode body = body_of(notice);

  CHECK(slack_body(notice).size() < 20'000);
  CHECK(body.find("blocks")->items.size() <= 50);
  CHECK(body.find("blocks")->items.at(0).find("text")->text_of("text").size() <=
        152);  // 150, `…` has three bytes
  CHECK(body.find("blocks")->items.at(1).find("fields")->items.size() <= 10);
  for (const JsonNode* const object : text_objects(*body.find("blocks"))) {
    CHECK(utf16_units(object->text_of("text")) <= 3000);
    CHECK(is_inert(object->text_of("text")));  // cut behind `&amp;`, never within it
  }
  CHECK(body.find("blocks")->items.at(3).find("text")->text_of("text").ends_with("and 980 more"));
}

TEST_CASE("what nobody wrote has no block in Slack, since an empty one is refused") {
  IncidentNotice notice = test::plain_notice();
  notice.entities.clear();
  notice.rule_ids.clear();
  notice.text = notice.link = "";
  CHECK(body_of(notice).find("blocks")->items.size() == 3);
}

TEST_CASE("Slack has shown a message when it says ok, and nothing else") {
  CHECK(read_slack_answer({200, {}, "ok"}).has_value());
  CHECK(read_slack_answer({400, {}, "invalid_payload"}).error().message ==
        "Slack answers 400: 'invalid_payload'");
  CHECK(read_slack_answer({200, {}, "no\x1B"}).error().message == "Slack answers 200: 'no\\u{001B}'");
  CHECK_FALSE(read_slack_answer({200, {}, ""}).has_value());
  CHECK(read_slack_answer({500, {}, std::string(1000, 'x')}).error().message.size() < 150);
}

}  // namespace alarum
