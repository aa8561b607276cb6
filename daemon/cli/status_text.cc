#include "daemon/cli/status_text.h"

#include "daemon/base/printable.h"
#include "daemon/base/time.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>
#include <string>
#include <string_view>

namespace alarum::cli {
namespace {

std::string text_of(const YamlNode& node, std::string_view key) {
  const YamlNode* const found = node.find(key);
  return found == nullptr || !found->is_scalar() || found->is_null() ? "" : printable(found->text);
}

bool is_true(const YamlNode& node, std::string_view key) {
  const YamlNode* const found = node.find(key);
  return found != nullptr && found->as_bool().value_or(false);
}

double number_of(const YamlNode& node, std::string_view key) {
  const std::string text = text_of(node, key);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::uint64_t count_of(const YamlNode& node, std::string_view key) {
  return static_cast<std::uint64_t>(std::max(std::round(number_of(node, key)), 0.0));
}

std::string count_text(const YamlNode& node, std::string_view key) {
  return with_separators(count_of(node, key));
}

std::span<const YamlNode> items_of(const YamlNode& node, std::string_view key) {
  const YamlNode* const found = node.find(key);
  if (found == nullptr) return {};
  return found->items;
}

/// `3 days 4 h`, `4 h 12 min`, `12 min`, `30 s`.
std::string readable_span(std::int64_t seconds) {
  if (seconds < 60) return std::to_string(seconds) + " s";
  const std::int64_t minutes = seconds / 60;
  if (minutes < 60) return std::to_string(minutes) + " min";
  const std::int64_t hours = minutes / 60;
  if (hours < 24) return std::to_string(hours) + " h " + std::to_string(minutes % 60) + " min";
  return std::to_string(hours / 24) + " days " + std::to_string(hours % 24) + " h";
}

std::string age_text(const YamlNode& status, std::string_view since) {
  const auto from = parse_time(text_of(status, since));
  const auto to = parse_time(text_of(status, "as_of"));
  if (!from || !to) return "";
  return readable_span(std::max<std::int64_t>((to->microseconds - from->microseconds) / 1'000'000, 0));
}

/// One line of a section: its name stands before the first line only.
void write_line(Output& output, std::string_view section, const std::string& text) {
  constexpr std::size_t width = 10;
  std::string head(section);
  head.resize(std::max(width, head.size() + 1), ' ');
  output.write(output.styled(Style::bold, head) + text + "\n");
}

void write_head(const YamlNode& status, Output& output) {
  const bool is_ready = is_true(status, "ready");
  const std::string age = age_text(status, "started_at");
  write_line(output, "alarumd",
             text_of(status, "version") + (age.empty() ? "" : ", up " + age) + ", " +
                 output.styled(is_ready ? Style::green : Style::red, is_ready ? "ready" : "not ready"));
  for (const YamlNode& reason : items_of(status, "reasons"))
    write_line(output, "", output.styled(Style::red, printable(reason.text)));
  for (const YamlNode& warning : items_of(status, "warnings"))
    write_line(output, "", output.styled(Style::yellow, "warning: ") + printable(warning.text));
}

void write_source(const YamlNode& source, Output& output) {
  const bool is_connected = is_true(source, "connected");
  write_line(output, "source",
             output.styled(Style::bold, text_of(source, "name")) + ": " +
                 output.styled(is_connected ? Style::green : Style::red,
                               is_connected ? "connected" : "not connected") +
                 ", " + count_text(source, "records_per_second") + " records/s, " +
                 count_text(source, "events_per_second") + " events/s, lag " +
                 count_text(source, "lag_records"));
  if (const std::string trouble = text_of(source, "trouble"); !trouble.empty())
    write_line(output, "", output.styled(Style::red, trouble));
  write_line(output, "",
             count_text(source, "evaluated") + " records evaluated, " + count_text(source, "dead_letters") +
                 " dead letters; " + count_text(source, "events") + " events, " +
                 count_text(source, "late_events") + " late, " + count_text(source, "clock_skew_events") +
                 " from the future");
  if (const std::uint64_t clients = count_of(source, "client_addresses_recent"); clients > 0)
    write_line(output, "", "about " + with_separators(clients) + " client addresses in the last ten minutes");
  if (const std::uint64_t gaps = count_of(source, "gaps"); gaps > 0)
    write_line(output, "",
               output.styled(Style::yellow, counted(gaps, "gap")) + " of " +
                   counted(count_of(source, "gap_records"), "record"));
  if (const std::string watermark = text_of(source, "watermark"); !watermark.empty())
    write_line(output, "", "watermark " + watermark);
  for (const YamlNode& partition : items_of(source, "partitions")) {
    const bool is_lag_known = !text_of(partition, "lag_records").empty();
    write_line(output, "",
               text_of(partition, "topic") + "/" + text_of(partition, "partition") + ": next offset " +
                   text_of(partition, "next_offset") + ", lag " +
                   (is_lag_known ? count_text(partition, "lag_records") : "unknown"));
  }
}

/// `12 low, 3 high` of an object of counts.
std::string counts_text(const YamlNode& node, std::string_view key) {
  const YamlNode* const counts = node.find(key);
  if (counts == nullptr || counts->members.empty()) return "none";
  std::string out;
  for (const YamlMember& member : counts->members)
    out +=
        (out.empty() ? "" : ", ") + count_text(*counts, member.key.text) + " " + printable(member.key.text);
  return out;
}

void write_rules(const YamlNode& status, Output& output) {
  if (const YamlNode* const rules = status.find("rules")) {
    write_line(output, "rules", "loaded: " + counts_text(*rules, "loaded"));
    write_line(output, "", "rejected: " + counts_text(*rules, "rejected"));
  }
  write_line(output, "alerts", counts_text(status, "alerts"));
}

void write_outbox(const YamlNode& status, Output& output) {
  if (const YamlNode* const state = status.find("state")) {
    const std::string trouble = text_of(*state, "trouble");
    write_line(
        output, "state",
        trouble.empty() ? count_text(status, "commits") + " commits" : output.styled(Style::red, trouble));
  }
  if (const YamlNode* const outbox = status.find("outbox"))
    write_line(output, "outbox",
               count_text(*outbox, "pending") + " pending" +
                   (is_true(*outbox, "full") ? output.styled(Style::red, ", full") : ""));
  for (const YamlNode& sink : items_of(status, "sinks")) {
    write_line(output, "sink",
               output.styled(Style::bold, text_of(sink, "name")) + ": " + count_text(sink, "delivered") +
                   " delivered, " + count_text(sink, "refused") + " refused");
    if (const std::string trouble = text_of(sink, "trouble"); !trouble.empty())
      write_line(output, "", output.styled(Style::red, trouble));
  }
}

void write_actions(const YamlNode& status, Output& output) {
  const YamlNode* const actions = status.find("actions");
  if (actions == nullptr) return;
  write_line(
      output, "actions",
      "blocks: " + counts_text(*actions, "blocks_active") + "; waiting: " + counts_text(*actions, "waiting"));
  if (is_true(*actions, "breaker_tripped"))
    write_line(output, "", output.styled(Style::red, "the breaker has tripped: everything is in shadow"));
  for (const YamlNode& responder : items_of(*actions, "broken_responders"))
    write_line(output, "", output.styled(Style::red, printable(responder.text) + " fails again and again"));
  if (const std::string trouble = text_of(*actions, "trouble"); !trouble.empty())
    write_line(output, "", output.styled(Style::red, trouble));
}

void write_reload(const YamlNode& status, Output& output) {
  const YamlNode* const reload = status.find("reload");
  if (reload == nullptr) return;
  std::string text = "at " + text_of(*reload, "succeeded_at");
  if (!is_true(*reload, "successful")) {
    const bool is_in_use = text_of(*reload, "outcome") == "restart_needed";
    text +=
        "; " +
        (is_in_use ? output.styled(Style::yellow, "needs a restart") : output.styled(Style::red, "failed")) +
        (is_in_use ? " since " : " at ") + text_of(*reload, "at") + ": " + text_of(*reload, "message");
  }
  write_line(output, "loaded", text);
}

}  // namespace

void write_status(const YamlNode& status, Output& output) {
  write_head(status, output);
  for (const YamlNode& source : items_of(status, "sources")) write_source(source, output);
  write_rules(status, output);
  write_outbox(status, output);
  write_actions(status, output);
  write_reload(status, output);
}

}  // namespace alarum::cli
