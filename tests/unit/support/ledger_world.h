#pragma once

#include "daemon/base/digest.h"
#include "daemon/base/ensure.h"
#include "daemon/base/json_writer.h"
#include "daemon/respond/committed_alert.h"
#include "daemon/respond/incident.h"
#include "daemon/respond/ledger_damage.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/ledger_intake.h"
#include "daemon/stream/commit.h"
#include "tests/unit/support/still_clock.h"
#include "tests/unit/support/temporary_folder.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// A ledger of its own, and alerts to put into it.
namespace alarum::test {

/// 2026-01-02T03:04:05Z: when the first events of these tests are said to have happened.
inline constexpr Timestamp ledger_time{1767323045'000000};

inline Timestamp after(std::int64_t seconds) { return {ledger_time.microseconds + seconds * 1'000'000}; }

/// What an alert of a test says; the rest is always the same.
struct AlertText {
  std::string name;  ///< its id follows from it
  std::string rule = "rule-1";
  std::string level = "high";
  std::string title = "Some Rule";
  std::vector<Entity> entities = {{"host.name", "ws-17"}};
  std::optional<Timestamp> first = ledger_time;
  std::optional<Timestamp> last = {};  ///< that of the first unless it is given
  Timestamp detected = after(60);
  std::vector<std::string> tags = {};  ///< with them it says everything that alerts say
};

inline std::string alert_id(const std::string& name) { return id_of({"test", name}); }

inline std::string time_json(std::optional<Timestamp> time) {
  return time ? "\"" + format_time(*time) + "\"" : "null";
}

/// What incidents do without, and playbooks look at.
inline void write_rest(JsonWriter& json) {
  json.key("log_source").begin_object().key("product").text("windows").key("category").text("logon");
  json.key("service").text("security").end_object().key("provisional").boolean(false);
  json.key("evidence").begin_array().begin_object().key("source").text("windows").key("topic");
  json.text("windows-events").end_object().begin_object().key("source").text("linux").end_object();
  json.end_array();
}

inline void write_tags(const AlertText& alert, JsonWriter& json) {
  json.key("status").text("stable").key("revision").text("0123456789abcdef").key("tags").begin_array();
  for (const std::string& tag : alert.tags) json.text(tag);
  json.end_array();
}

/// The alert as a commit holds it.
inline std::string alert_json(const AlertText& alert) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.alert/1").key("alert_id").text(alert_id(alert.name));
  json.key("kind").text("signature").key("rule").begin_object().key("id").text(alert.rule);
  json.key("title").text(alert.title).key("level").text(alert.level);
  if (!alert.tags.empty()) write_tags(alert, json);
  json.end_object();
  if (!alert.tags.empty()) write_rest(json);
  json.key("first_event_time").raw(time_json(alert.first));
  json.key("last_event_time").raw(time_json(alert.last ? alert.last : alert.first));
  json.key("entities").begin_array();
  for (const Entity& entity : alert.entities)
    json.begin_object().key("type").text(entity.type).key("value").text(entity.value).end_object();
  json.end_array().key("detected_at").raw(time_json(alert.detected)).end_object();
  return out;
}

inline CommittedAlert committed(const AlertText& alert) {
  auto read = read_committed_alert(alert_id(alert.name), alert_json(alert));
  ENSURE(read.has_value(), "the alert of a test is one");
  return *std::move(read);
}

inline OutboxEntry outbox_entry(std::uint64_t sequence, const AlertText& alert) {
  return {sequence, OutboxKind::alert, alert_id(alert.name), alert_json(alert)};
}

/// A ledger in a folder of its own.
class LedgerWorld {
 public:
  LedgerWorld() { reopen(); }

  /// As after a restart.
  void reopen() {
    intake_.reset();
    database_.reset();
    auto opened = LedgerDatabase::open(path(), LedgerDatabase::Access::write, Duration(0));
    ENSURE(opened.has_value(), "the ledger of a test can be opened");
    database_ = *std::move(opened);
    auto intake = LedgerIntake::prepare(*database_, grouping, clock);
    ENSURE(intake.has_value(), "alerts can be put into the ledger of a test");
    intake_ = *std::move(intake);
  }

  std::string path() const { return folder_ / "ledger.db"; }
  LedgerDatabase& database() { return *database_; }

  Status insert(const std::vector<AlertText>& alerts) {
    std::vector<CommittedAlert> read;
    for (const AlertText& alert : alerts) read.push_back(committed(alert));
    auto inserted = intake_->insert(read);
    if (!inserted) return std::move(inserted).error();
    ENSURE(*inserted == read.size(), "no time goes by while a test inserts");
    return {};
  }
  LedgerIntake& intake() { return *intake_; }

  /// The rows of a query, columns between bars.
  std::vector<std::string> rows(const std::string& sql, int columns) {
    std::vector<std::string> out;
    auto statement = database_->prepare(sql);
    ENSURE(statement.has_value() && statement->start({}), "a test asks in SQL");
    for (auto more = statement->next(); more && *more; more = statement->next()) {
      std::string& row = out.emplace_back();
      for (int column = 0; column < columns; ++column)
        row += (column == 0 ? "" : "|") + statement->text(column);
    }
    return out;
  }
  std::int64_t number(const std::string& sql) {
    const auto found = database_->number(sql);
    ENSURE(found.has_value(), "a test asks in SQL");
    return *found;
  }

  StillClock clock;
  LedgerDamage damage;
  GroupingRules grouping{std::chrono::hours(1), {"host.name", "user.name", "source.ip"}, {"ROOT"}};

 private:
  TemporaryFolder folder_;
  std::unique_ptr<LedgerDatabase> database_;
  std::unique_ptr<LedgerIntake> intake_;
};

/// Texts that somebody wrote into a log to hurt whoever reads it.
inline std::vector<std::string> hostile_texts() {
  return {"'); DROP TABLE incidents; --",
          std::string("nul\0inside", 10),
          "\x1b]0;owned\x07\x1b[2J",
          "\xE2\x80\xAE\xE2\x81\xA6 bidi \xF0\x9F\x94\xA5",
          "$(reboot) `id` {{7*7}} <script> # *md* |cell|",
          "line\r\nbreak\ttab \"quoted\" \\back",
          std::string(1U << 20U, 'x')};
}

}  // namespace alarum::test
