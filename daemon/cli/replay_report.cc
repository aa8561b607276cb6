#include "daemon/cli/replay_report.h"

#include "daemon/base/clock.h"
#include "daemon/base/printable.h"
#include "daemon/cli/explanation_text.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace alarum::cli {
namespace {

constexpr std::size_t places_max = 10;
constexpr std::chrono::milliseconds progress_interval{200};

Style style_of(std::string_view level) {
  if (level == "critical" || level == "high") return Style::red;
  return level == "medium" ? Style::yellow : Style::plain;
}

/// `ws-17 · host.name` and the like, in one line.
std::string entities_text(const std::vector<Entity>& entities) {
  std::string out;
  for (const Entity& entity : entities) {
    out.append(out.empty() ? "" : ", ").append(entity.type).append(" ").append(printable(entity.value));
  }
  return out;
}

}  // namespace

ReplayReport::ReplayReport(const Plan& plan, const GlobalOptions& global, ReplayStyle style, Output& output)
    : plan_(plan),
      global_(global),
      style_(std::move(style)),
      output_(output),
      decoder_(plan.source().format(), plan.limits()),
      matches_(plan.rules().size()),
      start_(steady_now()),
      shown_at_(start_) {
  for (const sigma::Rule& rule : plan.rules()) rules_.emplace(rule.id, &rule);
}

bool ReplayReport::take(std::span<const Record> records, const LaneOutput& lane,
                        const FileSource::Progress& progress) {
  records_ += lane.records;
  for (const Record& record : records) bytes_ += record.bytes.size();
  for (const std::uint32_t rule : lane.matches) ++matches_[rule];
  alerts_ += lane.alerts.size();
  invalid_values_ += lane.events_with_invalid_value;
  duplicate_names_ += lane.events_with_duplicate_name;
  without_time_ += lane.events_without_time;
  without_rule_ += lane.events_without_rule;
  note_dead_letters(lane);
  if (!style_.is_summary) write_alerts(records, lane);
  show_progress(progress);
  return output_.ok();
}

void ReplayReport::write_alerts(std::span<const Record> records, const LaneOutput& lane) {
  auto record = records.begin();
  for (const Alert& alert : lane.alerts) {
    if (global_.format != "human") {
      output_.write(to_json(alert) + "\n");
      continue;
    }
    while (record->coordinates.offset != alert.evidence.front().offset)
      ++record;  // both are in the order of offsets
    clear_progress();
    explain_alert(alert, *record);
  }
}

void ReplayReport::explain_alert(const Alert& alert, const Record& record) {
  const Evidence& evidence = alert.evidence.front();
  const std::string time = alert.first_event_time ? format_time(*alert.first_event_time) : "without a time";
  output_.write(time + "  " + output_.styled(style_of(alert.rule->level), alert.rule->level) + "  " +
                output_.styled(Style::bold, printable(alert.rule->title)) + "\n");
  const std::string entities = entities_text(alert.entities);
  if (!entities.empty()) output_.write("  " + entities + "\n");
  output_.write("  " +
                output_.styled(Style::dim, place_text(evidence.topic, evidence.partition, evidence.offset) +
                                               "  rule " + printable(alert.rule->id) + "  alert " +
                                               alert.id) +
                "\n");
  if (!decoder_.decode(record, std::nullopt)) {
    const auto explanation = sigma::explain(*rules_.find(alert.rule->id)->second, decoder_.event());
    output_.write(to_text(explanation, {.only_true = true, .indent = 2}, output_));
  }
  output_.write("\n");
}

void ReplayReport::note_dead_letters(const LaneOutput& lane) {
  dead_letters_ += lane.dead_letters.size();
  for (const DeadLetter& letter : lane.dead_letters) {
    ++dead_letters_by_reason_[reason_name(letter.reason)];
    if (dead_letter_places_.size() >= places_max) continue;
    const Coordinates& at = letter.coordinates;
    dead_letter_places_.push_back(place_text(at.topic, at.partition, at.offset) + ": " +
                                  std::string(reason_name(letter.reason)));
  }
}

std::string ReplayReport::place_text(std::string_view topic, std::int32_t partition,
                                     std::int64_t offset) const {
  if (style_.places == RecordPlaces::lines) return printable(topic) + ":" + std::to_string(offset + 1);
  return printable(topic) + "/" + std::to_string(partition) + ":" + std::to_string(offset);
}

void ReplayReport::write_summary() {
  std::vector<std::pair<std::string_view, std::uint64_t>> rows;
  for (std::size_t i = 0; i < matches_.size(); ++i) {
    if (matches_[i] > 0) rows.emplace_back(plan_.rules()[i].id, matches_[i]);
  }
  std::sort(rows.begin(), rows.end());
  output_.write("rule_id,matches\n");
  for (const auto& [rule, count] : rows) output_.write(csv_cell(rule) + "," + std::to_string(count) + "\n");
}

/// What became of the records, in one line.
std::string ReplayReport::totals_text() const {
  std::string out = counted(records_, "record") + " (" + readable_bytes(bytes_) +
                    "): " + with_separators(records_ - dead_letters_) + " evaluated, " +
                    counted(dead_letters_, "dead letter");
  for (const auto& [reason, count] : dead_letters_by_reason_) {
    out += ", " + with_separators(count) + " " + std::string(reason);
  }
  if (invalid_values_ > 0)
    out += "; " + counted(invalid_values_, "event") + " with an invalid value left out";
  if (duplicate_names_ > 0) out += "; " + counted(duplicate_names_, "event") + " with a name twice";
  if (without_time_ > 0) out += "; " + counted(without_time_, "event") + " without a time of its own";
  if (without_rule_ > 0) out += "; " + counted(without_rule_, "event") + " that no rule's log source takes";
  return out;
}

/// Such a replay says nothing about the rules, but ends like one without a finding.
void ReplayReport::warn_if_no_rule_applies() const {
  const std::uint64_t events = records_ - dead_letters_;
  if (events == 0 || without_rule_ < events) return;
  const std::string of_them = events == 1 ? "the only event" : "any of the " + counted(events, "event");
  complain("warning: no rule applies to " + of_them + " of --log-source " + style_.log_source +
           ": every rule has another log source; say what the events are, as with"
           " product=linux,category=process_creation");
}

void ReplayReport::finish(const std::string& rules_text) {
  if (style_.is_summary) write_summary();
  clear_progress();
  output_.flush();
  if (global_.quiet) {
    if (dead_letters_ > 0) std::fprintf(stderr, "%s\n", totals_text().c_str());
    warn_if_no_rule_applies();
    return;
  }
  for (const std::string& place : dead_letter_places_) std::fprintf(stderr, "%s\n", place.c_str());
  if (dead_letters_ > dead_letter_places_.size()) {
    std::fprintf(stderr, "… and %s more; --dead-letters FILE writes all of them\n",
                 with_separators(dead_letters_ - dead_letter_places_.size()).c_str());
  }
  const auto fired =
      std::count_if(matches_.begin(), matches_.end(), [](std::uint64_t count) { return count > 0; });
  std::fprintf(stderr, "%s\n%s\n%s by %s in %.1f s\n", rules_text.c_str(), totals_text().c_str(),
               counted(alerts_, "alert").c_str(), counted(static_cast<std::uint64_t>(fired), "rule").c_str(),
               seconds());
  warn_if_no_rule_applies();
}

void ReplayReport::show_progress(const FileSource::Progress& progress) {
  const auto now = steady_now();
  if (global_.quiet || !stderr_is_terminal() || now - shown_at_ < progress_interval) return;
  shown_at_ = now;
  progress_shown_ = true;
  std::string text = readable_bytes(progress.bytes_read);
  if (progress.bytes_total > 0) {
    text += " of " + readable_bytes(progress.bytes_total) + "  " +
            std::to_string(100 * progress.bytes_read / progress.bytes_total) + " %";
  }
  const auto per_second =
      static_cast<std::uint64_t>(static_cast<double>(records_) / std::max(seconds(), 0.001));
  std::fprintf(stderr, "\r\x1b[K%s  %s  %s/s  %s", text.c_str(), counted(records_, "record").c_str(),
               with_separators(per_second).c_str(), counted(alerts_, "alert").c_str());
  std::fflush(stderr);
}

void ReplayReport::clear_progress() {
  if (!progress_shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  progress_shown_ = false;
}

double ReplayReport::seconds() const { return std::chrono::duration<double>(steady_now() - start_).count(); }

}  // namespace alarum::cli
