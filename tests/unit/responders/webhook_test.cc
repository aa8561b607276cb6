#include "responders/webhook.h"

#include "daemon/base/base64.h"
#include "daemon/base/json_node.h"
#include "daemon/base/utf8.h"
#include "daemon/http_client/http_header.h"
#include "tests/unit/responders/notice_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

// What the specification's own examples and libraries use.
constexpr std::string_view example_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view example_id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::string_view example_body = R"({"test": 2432232314})";
constexpr Timestamp example_time{1'614'265'330'999'999};

WebhookSecret secret(std::string_view text) { return *WebhookSecret::parse(text); }

std::string with_replacements(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if ((point.value & utf8_invalid) != 0) {
      out += "\uFFFD";
    } else {
      out += text.substr(at, point.size);
    }
    at += point.size;
  }
  return out;
}

}  // namespace

TEST_CASE("a webhook is signed as the specification's example is") {
  CHECK(secret(example_secret).signature(example_id, example_time, example_body) ==
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

// Computed by Python's hmac.
TEST_CASE("while a secret changes, there is a signature for each of both") {
  const std::vector<WebhookSecret> both = {secret("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
                                           secret(example_secret)};
  CHECK(webhook_headers(example_id, example_time, example_body, both) ==
        std::vector<HttpHeader>{{"webhook-id", std::string(example_id)},
                                {"webhook-timestamp", "1614265330"},
                                {"webhook-signature",
                                 "v1,O4Gjv1HqPqsMrjmczoggs/sWA8gZD0VyHG+fLh4+ktI= "
                                 "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}});
}

TEST_CASE("without a secret there is no signature") {
  CHECK(webhook_headers("1", example_time, "", {}) ==
        std::vector<HttpHeader>{{"webhook-id", "1"}, {"webhook-timestamp", "1614265330"}});
}

TEST_CASE("what is no secret of a webhook is refused and not shown") {
  const auto of_size = [](std::size_t size) {
    return WebhookSecret::parse("whsec_" + base64(std::string(size, 'k'))).has_value();
  };
  CHECK_FALSE(of_size(23));
  CHECK(of_size(24));
  CHECK(of_size(64));
  CHECK_FALSE(of_size(65));
  for (const char* text :
       {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La-_Sw",
        "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
    const auto parsed = WebhookSecret::parse(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().message.find("MfKQ") == std::string::npos);
  }
}

TEST_CASE("a webhook tells of the incident as one JSON object") {
  const HttpRequest request = webhook_request({"https://soc.example.org/hook", {secret(example_secret)}},
                                              test::plain_notice(), example_time);

  CHECK(request.method == HttpMethod::post);
  CHECK(request.url == "https://soc.example.org/hook");
  CHECK(request.is_repeatable);
  CHECK(
      request.body ==
      R"({"schema":"alarum.incident_notice/1","action_id":"fedcba9876543210fedcba9876543210",)"
      R"("incident":{"incident_id":"0123456789abcdef0123456789abcdef","state":"new","level":"high",)"
      R"("title":"Encoded PowerShell","verdict":null,"alerts":1500,"opened":"2026-01-02T03:04:06.500000Z",)"
      R"("first_event_time":"2026-01-02T03:04:05.000000Z","last_event_time":"2026-01-02T04:00:00.000000Z"},)"
      R"("rules":["11111111-1111-4111-8111-111111111111"],)"
      R"("entities":[{"type":"host.name","value":"ws-17"},{"type":"source.ip","value":"10.0.0.1"}],)"
      R"("link":"https://alarum.example.org/incidents/0123456789abcdef0123456789abcdef",)"
      R"("text":"Seen on two hosts.\nCall the owner.","cut":false})");
  REQUIRE(request.headers.size() == 4);
  CHECK(request.headers[0] == HttpHeader{"webhook-id", "fedcba9876543210fedcba9876543210"});
  CHECK(request.headers[2].value ==
        secret(example_secret).signature("fedcba9876543210fedcba9876543210", example_time, request.body));
  CHECK(request.headers[3] == HttpHeader{"content-type", "application/json"});
  CHECK(check_headers(request.headers).has_value());
}

TEST_CASE("what others wrote arrives in a webhook as they wrote it, and stays data") {
  for (const std::string& text : test::hostile_texts) {
    CAPTURE(text);
    const auto root = parse_json(webhook_body(test::notice_with(text)), {});
    REQUIRE(root.has_value());
    const std::string expected = with_replacements(text);
    const JsonNode& incident = *root->find("incident");
    for (const char* name : {"title", "level", "state", "verdict"}) CHECK(incident.text_of(name) == expected);
    for (const char* name : {"link", "text"}) CHECK(root->text_of(name) == expected);
    const JsonNode& entity = root->find("entities")->items.at(0);
    CHECK(entity.text_of("type") == expected);
    CHECK(entity.text_of("value") == expected);
    CHECK(root->find("rules")->items.at(0).text == expected);
    CHECK(root->text_of("cut") == "false");
    CHECK(root->members.size() == 8);
  }
}

TEST_CASE("a webhook says what it leaves out") {
  IncidentNotice notice = test::plain_notice();
  notice.text = std::string(32'768, 'x');
  CHECK(parse_json(webhook_body(notice), {})->text_of("cut") == "false");

  notice.text += 'x';
  const auto cut = parse_json(webhook_body(notice), {});
  CHECK(cut->text_of("cut") == "true");
  std::string expected(32'767, 'x');
  expected += "…";
  CHECK(cut->text_of("text") == expected);

  notice = test::plain_notice();
  notice.entities.resize(101, {"user.name", "a"});
  const auto fewer = parse_json(webhook_body(notice), {});
  CHECK(fewer->text_of("cut") == "true");
  CHECK(fewer->find("entities")->items.size() == 100);

  CHECK(webhook_body(test::notice_with(std::string(1U << 20U, '"'))).size() < 100'000);
}

}  // namespace alarum
