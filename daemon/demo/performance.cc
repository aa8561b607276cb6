#include "daemon/demo/performance.h"

#include "daemon/demo/metrics_text.h"
#include "daemon/demo/web_events.h"

#include <algorithm>
#include <array>
#include <poll.h>

namespace alarum::demo {
namespace {

constexpr Duration progress_interval = std::chrono::milliseconds(50);
/// For how long nothing may move on at the end.
constexpr Duration settle_patience = std::chrono::seconds(20);
constexpr std::uint64_t lingering_events_per_second = 1000;
constexpr Duration lingering_attack_interval = std::chrono::seconds(60);
constexpr std::string_view lag_metric = "alarum_detection_lag_seconds";

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// Where nothing can change in its place each rate is a line: fewer of them.
Duration show_interval_of(const Screen& screen, Duration length) {
  constexpr Duration rare = std::chrono::seconds(5);
  return screen.is_terminal() || length < 2 * rare ? std::chrono::seconds(1) : rare;
}

}  // namespace

Performance::Performance(const PerformanceSettings& settings, Stage& stage, Shipper& shipper, Screen& screen,
                         const EndSignals& signals)
    : settings_(settings),
      stage_(stage),
      shipper_(shipper),
      screen_(screen),
      signals_(signals),
      watch_(settings.left_out),
      response_(watch_, stage, screen),
      begun_at_(steady_now()),
      shown_at_(begun_at_),
      show_interval_(show_interval_of(screen, settings.length)) {}

Status Performance::play() {
  std::size_t passed = 0;
  const auto& attacks = watch_.entries();
  // On a busy machine one step may last until the end: what has not begun by then begins behind it.
  while ((since_begin() < settings_.length || passed < attacks.size()) && !is_over()) {
    // Evenly spread: as much time before, between and after them.
    const auto share = static_cast<std::int64_t>(passed + 1);
    const auto shares = static_cast<std::int64_t>(attacks.size() + 1);
    if (passed < attacks.size() && since_begin() >= settings_.length * share / shares) {
      begin_attack(attacks[passed++]);
    }
    TRY_OK(step(UINT64_MAX));
  }
  played_ = since_begin();
  return is_over() ? Status() : settle();
}

bool Performance::has_settled() const {
  return !shipper_.is_attack_under_way() && shipper_.committed() == shipper_.sent() && watch_.is_complete() &&
         response_.is_complete(figures_);
}

/// Until attacks that were begun have happened, all is accounted for, the alerts of it have come, and what is
/// to be done about them is done.
Status Performance::settle() {
  Duration deadline = steady_now() + settle_patience;
  std::uint64_t committed = shipper_.committed();
  while (steady_now() < deadline && !is_over() && !has_settled()) {
    TRY_OK(step(shipper_.is_attack_under_way() ? UINT64_MAX : 0));
    if (shipper_.committed() == committed) continue;
    committed = shipper_.committed();
    deadline = steady_now() + settle_patience;
  }
  return {};
}

Status Performance::linger() {
  const Duration from = steady_now();
  const std::uint64_t sent_before = shipper_.sent();
  Duration attacks_due = from + lingering_attack_interval;
  while (!is_over()) {
    if (steady_now() >= attacks_due) {
      attacks_due += lingering_attack_interval;
      for (const AttackWatch::Entry& entry : watch_.entries()) begin_attack(entry);
    }
    const auto milliseconds = static_cast<std::uint64_t>((steady_now() - from).count() / 1000);
    TRY_OK(step(sent_before + milliseconds * lingering_events_per_second / 1000));
  }
  return {};
}

Status Performance::step(std::uint64_t sent_max) {
  TRY(const bool may_ship, shipper_.ship_some(sent_max));
  wait_for_something(may_ship);
  TRY_OK(take_alerts());
  take_tickets();
  look_at_attacker();
  TRY_OK(look_at_progress());
  if (steady_now() >= shown_at_ + show_interval_) show_rate();
  return {};
}

/// Until alarumd tells something, a signal comes, or a moment is over; not at all where there is work.
void Performance::wait_for_something(bool may_ship) const {
  constexpr int moment_milliseconds = 5;
  std::array<pollfd, 3> watched{{{signals_.descriptor(), POLLIN, 0},
                                 {stage_.alerts(), POLLIN, 0},
                                 {stage_.tickets_output(), POLLIN, 0}}};
  poll(watched.data(), watched.size(), may_ship ? 0 : moment_milliseconds);
}

void Performance::begin_attack(const AttackWatch::Entry& entry) {
  const std::string clock = screen_.styled(Style::dim, clock_text(since_begin())) + "    ";
  const std::string name(entry.attack.name);
  if (entry.is_left_out) {
    screen_.line(clock + screen_.styled(Style::dim, "attack  " + name + " is left out"));
    return;
  }
  if (!shipper_.begin(name)) return;
  watch_.note_begin(name);
  screen_.line(clock + screen_.styled(Style::yellow, "attack") + "  " + screen_.styled(Style::bold, name) +
               " (" + std::string(entry.attack.technique) + "): " + std::string(entry.attack.summary));
}

Status Performance::take_alerts() {
  for (const std::string& line : stage_.take_alerts()) {
    TRY(const ToldAlert alert, read_alert(line));
    tell_alert(screen_, since_begin(), alert, watch_.take(alert.rule_id));
  }
  return {};
}

void Performance::take_tickets() {
  for (const std::string& line : stage_.take_tickets())
    screen_.line(screen_.styled(Style::dim, clock_text(since_begin())) + "    " +
                 screen_.styled(Style::green, "ticket") + "  " + line);
}

void Performance::look_at_attacker() {
  Knocking* const knocking = stage_.knocking();
  if (knocking == nullptr) return;
  knocking->step(steady_now());
  if (knocking->watch().silent_since().has_value() == is_cut_off_) return;
  is_cut_off_ = !is_cut_off_;
  const std::string what = is_cut_off_ ? screen_.styled(Style::green, "cut off") + " "
                                       : screen_.styled(Style::yellow, "back") + "    ";
  screen_.line(screen_.styled(Style::dim, clock_text(since_begin())) + "    " + what +
               std::string(attacking_client) +
               (is_cut_off_ ? " gets no packet through to web-02" : " gets through again"));
}

Status Performance::look_at_progress() {
  if (steady_now() < progress_due_) return {};
  TRY_OK(stage_.check());
  TRY(const std::string metrics, stage_.metrics());
  shipper_.note_progress(metrics);
  figures_ = response_figures(metrics);
  progress_due_ = steady_now() + progress_interval;
  return {};
}

void Performance::show_rate() {
  const Duration now = steady_now();
  const std::uint64_t events = shipper_.committed();
  const double rate = static_cast<double>(events - shown_events_) / seconds_of(now - shown_at_);
  shown_at_ = now;
  shown_events_ = events;
  const std::string text = screen_.styled(Style::dim, clock_text(since_begin())) + "    " +
                           screen_.styled(Style::green, with_separators(static_cast<std::uint64_t>(rate))) +
                           " events/s, " + with_separators(events) + " so far";
  screen_.is_terminal() ? screen_.status(text) : screen_.line(text);
}

std::size_t Performance::name_width() const {
  std::size_t out = 0;
  for (const AttackWatch::Entry& entry : watch_.entries()) out = std::max(out, entry.attack.name.size());
  return out;
}

void Performance::tell_attacks(std::size_t width) {
  for (const AttackWatch::Entry& entry : watch_.entries()) {
    std::string name(entry.attack.name);
    name.resize(width, ' ');
    if (entry.is_left_out) {
      screen_.line("  " + screen_.styled(Style::dim, "– " + name + "  left out"));
      continue;
    }
    const bool is_well = entry.seen() == entry.expected();
    screen_.line("  " + screen_.styled(is_well ? Style::green : Style::red, is_well ? "✓ " : "✗ ") +
                 screen_.styled(Style::bold, name) + "  " + std::to_string(entry.seen()) + " of " +
                 counted(entry.expected(), "alert"));
  }
  if (watch_.unexplained() > 0) {
    screen_.line("  " + screen_.styled(Style::red, "✗ ") + counted(watch_.unexplained(), "alert") +
                 " that no attack explains");
  }
}

Result<bool> Performance::tell_outcome() {
  TRY(const std::string metrics, stage_.metrics());
  shipper_.note_progress(metrics);
  figures_ = response_figures(metrics);
  const LagSummary lag = lag_summary(metrics, lag_metric);
  const auto lost = static_cast<std::uint64_t>(metric_sum(metrics, "alarum_gap_records_total", ""));
  const auto dead =
      static_cast<std::uint64_t>(metric_sum(metrics, "alarum_records_total", "outcome=\"dead_letter\""));
  const bool is_all = shipper_.committed() == shipper_.sent() && lost == 0 && dead == 0;
  const auto rate =
      static_cast<std::uint64_t>(static_cast<double>(shipper_.committed()) / seconds_of(played_));

  screen_.line("");
  TRY(const bool is_closed, response_.tell_an_incident());
  tell_attacks(name_width());
  response_.tell_outcome(figures_, name_width());
  screen_.line("");
  screen_.line("  events         " + screen_.styled(Style::bold, with_separators(rate) + " events/s") + ": " +
               with_separators(shipper_.committed()) + " of " + with_separators(shipper_.sent()) +
               " accounted for; " + counted(dead, "dead letter") + ", " + counted(lost, "record") + " lost");
  if (lag.count > 0) {
    screen_.line("  detection lag  " + screen_.styled(Style::bold, seconds_text(lag.mean)) +
                 " on average from the event to the commit of its alert; all " + counted(lag.count, "alert") +
                 " within " + lag.most + " s");
    screen_.line("                 " +
                 screen_.styled(Style::dim, "(" + std::string(lag_metric) + ", as /metrics measured it)"));
  }
  TRY_OK(response_.tell_times());
  return is_all && watch_.is_complete() && watch_.unexplained() == 0 && response_.is_complete(figures_) &&
         is_closed;
}

}  // namespace alarum::demo
