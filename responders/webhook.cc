#include "responders/webhook.h"

#include "daemon/base/json_writer.h"
#include "responders/foreign_text.h"

#include <algorithm>

namespace alarum {
namespace {

constexpr std::size_t name_units_max = 1024;
constexpr std::size_t text_units_max = 32U << 10U;
constexpr std::size_t list_max = 100;

/// Writes texts that fit, and remembers whether one did not.
class NoticeWriter {
 public:
  explicit NoticeWriter(std::string& out) : json_(out) {}

  void write(const IncidentNotice& notice) {
    json_.begin_object().key("schema").text("alarum.incident_notice/1");
    json_.key("action_id").text(notice.action_id);
    write_incident(notice);
    json_.key("rules").begin_array();
    for (std::size_t i = 0; i < counted(notice.rule_ids.size()); ++i)
      text(notice.rule_ids[i], name_units_max);
    json_.end_array().key("entities").begin_array();
    for (std::size_t i = 0; i < counted(notice.entities.size()); ++i) write_entity(notice.entities[i]);
    json_.end_array().key("link");
    text_or_null(notice.link, name_units_max);
    json_.key("text");
    text_or_null(notice.text, text_units_max);
    json_.key("cut").boolean(is_cut_).end_object();
  }

 private:
  void write_incident(const IncidentNotice& notice) {
    json_.key("incident").begin_object().key("incident_id").text(notice.incident_id).key("state");
    text(notice.state, name_units_max);
    json_.key("level");
    text(notice.level, name_units_max);
    json_.key("title");
    text(notice.title, name_units_max);
    json_.key("verdict");
    text_or_null(notice.verdict, name_units_max);
    json_.key("alerts").number(static_cast<std::int64_t>(notice.alerts));
    write_time("opened", notice.opened);
    write_time("first_event_time", notice.first_event_time);
    write_time("last_event_time", notice.last_event_time);
    json_.end_object();
  }

  void write_entity(const Entity& entity) {
    json_.begin_object().key("type");
    text(entity.type, name_units_max);
    json_.key("value");
    text(entity.value, name_units_max);
    json_.end_object();
  }

  void write_time(std::string_view name, std::optional<Timestamp> time) {
    json_.key(name);
    if (time) {
      json_.text(format_time(*time));
    } else {
      json_.null();
    }
  }

  void text(std::string_view value, std::size_t units_max) {
    const FittedText fit = fitted(value, units_max);
    is_cut_ = is_cut_ || fit.is_cut;
    json_.text(fit.text);
  }

  void text_or_null(std::string_view value, std::size_t units_max) {
    if (value.empty()) {
      json_.null();
    } else {
      text(value, units_max);
    }
  }

  std::size_t counted(std::size_t count) {
    is_cut_ = is_cut_ || count > list_max;
    return std::min(count, list_max);
  }

  JsonWriter json_;
  bool is_cut_ = false;
};

}  // namespace

std::string webhook_body(const IncidentNotice& notice) {
  std::string out;
  NoticeWriter(out).write(notice);
  return out;
}

HttpRequest webhook_request(const WebhookTarget& target, const IncidentNotice& notice, Timestamp now) {
  HttpRequest out;
  out.method = HttpMethod::post;
  out.url = target.url;
  out.body = webhook_body(notice);
  out.headers = webhook_headers(notice.action_id, now, out.body, target.secrets);
  out.headers.push_back({"content-type", "application/json"});
  out.is_repeatable = true;
  return out;
}

}  // namespace alarum
