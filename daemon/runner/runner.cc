#include "daemon/runner/runner.h"

#include "daemon/base/fault.h"
#include "daemon/base/frame.h"
#include "daemon/base/log.h"
#include "daemon/runner/answer.h"
#include "daemon/runner/program_check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <unistd.h>
#include <utility>

namespace alarum::runner {
namespace {

constexpr std::chrono::hours cap_window{1};
constexpr std::chrono::seconds supervisor_margin{30};  // for ending what a script left, and reporting

Timestamp later(Timestamp time, Duration by) { return {time.microseconds + by.count()}; }

/// A number behind its name, as the entry of a guard.
std::string entry_of(std::string_view name, std::size_t limit) {
  return std::string(name) + ":" + std::to_string(limit);
}

}  // namespace

std::string FinishedRun::answer(bool is_repeated) const {
  return report ? ended_answer(action_id, *report, is_repeated)
                : in_doubt_answer(action_id, started, is_repeated);
}

Runner::Runner(const Policy& policy, RunBook book, Launcher& launcher, Clock& clock)
    : policy_(policy),
      book_(std::move(book)),
      launcher_(launcher),
      clock_(clock),
      starts_(book_.starts_after(later(clock_.wall(), -Duration(cap_window)))) {}

Reply Runner::answer(const Request& request, uid_t user) {
  switch (request.verb) {
    case Verb::run: return answer_run(request);
    case Verb::forget: return {.text = answer_forget(request.action_id, user)};
    case Verb::status: return {.text = status()};
    case Verb::result: break;
  }
  const auto running = running_.find(request.action_id);
  if (running != running_.end()) return {.text = running_answer(request.action_id, running->second.started)};
  return {.text = what_became_of(request.action_id, true).value_or(unknown_answer(request.action_id))};
}

Reply Runner::answer_run(const Request& request) {
  if (running_.contains(request.action_id)) return {.is_pending = true, .is_repeated = true};
  if (auto known = what_became_of(request.action_id, false)) return {.text = *std::move(known)};
  const Timestamp now = clock_.wall();
  auto refused = objection(request, now);
  if (!refused) refused = begin(request, now);
  if (refused) return {.text = *std::move(refused)};
  return {.is_pending = true};
}

/// What is known of an action that does not run. It stands in the way of a run only if that may not be
/// repeated; a question is answered always.
std::optional<std::string> Runner::what_became_of(const std::string& action_id, bool is_question) const {
  const BookedRun* const run = book_.find(action_id);
  if (run == nullptr) return std::nullopt;
  const bool was_started = !run->report || run->report->outcome != Outcome::not_started;
  if (!is_question && !(policy_.is_once && was_started)) return std::nullopt;
  return FinishedRun{action_id, run->started, run->report}.answer(true);
}

/// Why a run is not begun.
std::optional<std::string> Runner::objection(const Request& request, Timestamp now) {
  const Limits& limits = policy_.limits;
  if (is_stopping_) return refuse("stopping", "", "the runner ends");
  if (request.until <= now)
    return refuse("expired", format_time(request.until), "what comes too late is not done");
  if (request.until > later(now, policy_.remember))
    return refuse("until", format_time(request.until),
                  "the end of a request may not be farther away than actions are remembered");
  if (request.event.size() > limits.event_size_max)
    return refuse("request", entry_of("event_size_max", limits.event_size_max), "the event is too long");
  if (running_.size() >= limits.running_max)
    return refuse("busy", entry_of("running_max", limits.running_max), "so many scripts run already");
  // What is ahead by so much is of a clock that was wrong, and would stand in the way for as long.
  std::erase_if(starts_, [&](Timestamp start) {
    return start < later(now, -Duration(cap_window)) || start > later(now, Duration(cap_window));
  });
  if (starts_.size() >= limits.runs_per_hour_max)
    return refuse("cap", entry_of("runs_per_hour_max", limits.runs_per_hour_max),
                  "so many scripts were run within an hour");
  if (book_.size() >= limits.remembered_max && book_.find(request.action_id) == nullptr)
    return refuse("cap", entry_of("remembered_max", limits.remembered_max), "so many actions are remembered");
  // Its owner may have changed since the policy was read.
  if (const Status safe = check_program(policy_.command.front()); !safe)
    return refuse("program", "", safe.error().message);
  return std::nullopt;
}

/// Begins a run, or says why that went wrong.
std::optional<std::string> Runner::begin(const Request& request, Timestamp now) {
  if (const Status booked = book_.begin(request.action_id, now); !booked) {
    log::error("a run could not be written down", {{"error", booked.error().message}});
    return refuse("state", "", "it could not be written down, and so it was not done");
  }
  starts_.push_back(now);
  auto launched = launcher_.launch(launch_of(request));
  if (!launched) {
    log::error("no script can be run", {{"error", launched.error().message}});
    // Nothing was done, so it may be asked for again.
    static_cast<void>(book_.forget(request.action_id));
    return refuse("system", "", launched.error().message);
  }
  static_cast<void>(fault::point("after_launch"));  // where tests end the process
  ++run_count_;
  log::info("run begun", {{"action", request.action_id}});
  const Duration ends_at = clock_.steady() + policy_.timeout + policy_.grace + supervisor_margin;
  running_[request.action_id] = {.started = now, .ends_at = ends_at, .launched = *std::move(launched)};
  return std::nullopt;
}

std::string Runner::answer_forget(const std::string& action_id, uid_t user) {
  if (user != 0) return refuse("asker", std::to_string(user), "only root may let an action be run again");
  if (running_.contains(action_id)) return refuse("busy", "", "it runs");
  if (book_.find(action_id) == nullptr) return unknown_answer(action_id);
  if (const Status forgotten = book_.forget(action_id); !forgotten)
    return refuse("state", "", "it could not be written down");
  log::info("action forgotten", {{"action", action_id}});
  return "done action=" + action_id;
}

std::string Runner::status() const {
  return "done running=" + std::to_string(running_.size()) + " runs=" + std::to_string(run_count_) +
         " refused=" + std::to_string(refused_count_) +
         " in_doubt=" + std::to_string(book_.unfinished_count() - running_.size()) +
         " remembered=" + std::to_string(book_.size()) +
         " class=" + (policy_.is_once ? "once" : "declarative") +
         " policy=" + (is_policy_kept_ ? "kept_out" : "current");
}

std::string Runner::refuse(std::string_view guard, std::string_view entry, std::string_view why) {
  ++refused_count_;
  return refusal(guard, entry, why);
}

Launch Runner::launch_of(const Request& request) const {
  Launch out{.command = policy_.command,
             .environment = policy_.environment,
             .folder = policy_.folder,
             .timeout = policy_.timeout,
             .grace = policy_.grace,
             .output_size_max = policy_.limits.output_size_max,
             .event = std::string(request.event)};
  out.environment.push_back("ALARUM_ACTION_ID=" + request.action_id);
  return out;
}

std::vector<int> Runner::descriptors() const {
  std::vector<int> out;
  for (const auto& [action_id, running] : running_) out.push_back(running.launched.report.number());
  return out;
}

std::vector<FinishedRun> Runner::collect() {
  std::vector<FinishedRun> out;
  for (auto& [action_id, running] : running_) {
    receive(running);
    if (running.is_over) out.push_back(finish(action_id, running));
  }
  std::erase_if(running_, [](const auto& entry) { return entry.second.is_over; });
  return out;
}

/// Reads what is there. More than a report can have is none.
void Runner::receive(Running& running) {
  std::array<char, 65536> piece{};
  while (running.received.size() <= report_size_max(output_size_limit)) {
    const ssize_t count = read(running.launched.report.number(), piece.data(), piece.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) break;
    running.received.append(piece.data(), static_cast<std::size_t>(count));
  }
  running.is_over = true;
}

FinishedRun Runner::finish(const std::string& action_id, Running& running) {
  FinishedRun out{action_id, running.started, std::nullopt};
  auto text = take_frame(running.received, report_size_max(output_size_limit));
  if (text && *text) {
    if (auto report = parse_report(**text)) out.report = *std::move(report);
  }
  if (!out.report) {
    // Its supervisor was killed; the launcher ends what that left behind.
    log::error("nobody knows how a run ended", {{"action", action_id}});
    return out;
  }
  log::info("run ended",
            {{"action", action_id}, {"how", report_words(without_output(*out.report)).substr(1)}});
  if (const Status booked = book_.end(action_id, *out.report, clock_.wall()); !booked)
    log::error("the end of a run could not be written down", {{"error", booked.error().message}});
  return out;
}

void Runner::tend() {
  for (const auto& [action_id, running] : running_) {
    // A script can stop the process above it, which is the same user's.
    if (clock_.steady() > running.ends_at) launcher_.abandon(running.launched.supervisor);
  }
  const Timestamp limit = later(clock_.wall(), -policy_.remember);
  const auto is_running = [&](const std::string& action_id) { return running_.contains(action_id); };
  const Status tended = book_.tend(limit, is_running);
  if (tended) return;
  if (const auto hidden = book_lines_.admit(clock_.steady()))
    log::warn("the book could not be written anew",
              {{"error", tended.error().message}, {"hidden", std::to_string(*hidden)}});
}

void Runner::adopt(const Policy& policy) {
  policy_ = policy;
  is_policy_kept_ = false;
}

void Runner::stop() {
  is_stopping_ = true;
  for (const auto& [action_id, running] : running_) launcher_.stop(running.launched.supervisor);
}

}  // namespace alarum::runner
