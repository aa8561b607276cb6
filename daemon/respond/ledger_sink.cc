#include "daemon/respond/ledger_sink.h"

#include "daemon/base/log.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace alarum {
namespace {

/// What is kept of what was offered. More would cost memory, and end in more than one transaction anyway.
constexpr std::size_t pending_alerts_max = 2000;
constexpr std::size_t pending_bytes_max = 16U << 20U;
/// An alert that breaks a rule of the schema is a mistake of ours in reading it. So many one after the other
/// are rather a schema that is not ours any more, and no reason to give up alerts.
constexpr std::size_t refused_in_a_row_max = 10;

constexpr std::chrono::milliseconds retry_delay_min{50};
constexpr std::chrono::seconds retry_delay_max{2};
/// Somebody who edits an incident has the ledger for a moment, which is no trouble yet.
constexpr std::chrono::milliseconds busy_delay_max{200};
/// How often the journal is looked at, and entries that are no alerts are written down as passed.
constexpr std::chrono::milliseconds look_interval{200};
/// For how long a transaction waits for one of the control socket; then it is tried again.
constexpr std::chrono::milliseconds patience{20};
/// The same at the start, which would fail otherwise because somebody looks at the file with another program.
constexpr std::chrono::seconds start_patience{5};
/// Behind a transaction that was not short the file is nobody's for this long: three tries of somebody who
/// edits an incident. A storm would otherwise leave it to chance whether they ever come in.
constexpr std::chrono::milliseconds pause_for_others{15};

/// The file and its log; what is not there has no size.
std::uint64_t bytes_at(const std::string& path) {
  std::uint64_t out = 0;
  for (const char* const suffix : {"", "-wal"}) {
    std::error_code absent;
    const std::uintmax_t size = std::filesystem::file_size(path + suffix, absent);
    if (!absent) out += size;
  }
  return out;
}

/// Keeps a second alarumd away: SQLite would let both write, and each would take the alerts of the other for
/// its own. Beside the ledger, since the locks on the file itself are SQLite's.
Result<FileLock> lock_ledger(const std::string& path) {
  auto out = FileLock::take(path + ".lock");
  if (!out && out.error().code == ErrorCode::limit)
    return Error{ErrorCode::io, "another alarumd has the ledger " + path};
  return out;
}

}  // namespace

LedgerSink::LedgerSink(std::string path, FileLock lock, Ports ports)
    : path_(std::move(path)),
      lock_(std::move(lock)),
      ports_(std::move(ports)),
      batch_max_(pending_alerts_max) {}

Result<std::unique_ptr<LedgerSink>> LedgerSink::open(const Settings& settings, OutboxPosition outbox,
                                                     Ports ports) {
  TRY(FileLock lock, lock_ledger(settings.path));
  std::unique_ptr<LedgerSink> out(new LedgerSink(settings.path, std::move(lock), std::move(ports)));
  TRY(out->database_, LedgerDatabase::open(settings.path, LedgerDatabase::Access::write, start_patience));
  TRY(out->intake_, LedgerIntake::prepare(*out->database_, settings.grouping, out->ports_.clock));
  out->figures_ = std::make_unique<LedgerFigures>(*out->database_);
  TRY_OK(out->settle_position(outbox));
  TRY_OK(out->follow_journal());
  out->database_->set_patience(patience);
  return out;
}

/// What the state takes for delivered is deleted there; a ledger that lacks it will not get it any more.
Status LedgerSink::settle_position(OutboxPosition outbox) {
  if (!outbox.delivered) return intake_->begin_at(outbox.last);
  TRY(const std::uint64_t position, intake_->position());
  if (position >= *outbox.delivered) return {};
  log::error(
      "the ledger lacks alerts that were delivered to it: is it a copy of before, or made anew?",
      {{"path", path_}, {"ledger", std::to_string(position)}, {"state", std::to_string(*outbox.delivered)}});
  warning_ = "the ledger has nothing of the outbox behind entry " + std::to_string(position) +
             ", though entries up to " + std::to_string(*outbox.delivered) +
             " were delivered to it: is it a copy of before, or made anew?";
  intake_->go_on_at(*outbox.delivered);
  return {};
}

bool LedgerSink::offer(const OutboxEntry& entry) {
  if (answers_.size() >= pending_alerts_max) return false;
  if (!pending_.empty() && pending_bytes_ + entry.payload.size() > pending_bytes_max) return false;
  SinkResult& answer = answers_.emplace_back();
  answer.sequence = entry.sequence;
  answer.is_own = entry.kind == OutboxKind::alert;
  if (!answer.is_own) return true;
  auto alert = read_committed_alert(entry.key, entry.payload);
  if (!alert) {
    answer.delivered = false;
    answer.reason = alert.error().message;
    return true;
  }
  pending_bytes_ += entry.payload.size();
  alert->sequence = entry.sequence;
  pending_.push_back(*std::move(alert));
  return true;
}

void LedgerSink::step(Duration wait, std::vector<SinkResult>& results) {
  if (ports_.damage.is_found()) return rest(std::string(LedgerDamage::advice), wait);
  const Duration now = ports_.clock.steady();
  try_to_write(now, wait, results);
  if (now < looked_at_ + look_interval) return;
  looked_at_ = now;
  look();
}

void LedgerSink::try_to_write(Duration now, Duration wait, std::vector<SinkResult>& results) {
  if (now < retry_at_) return ports_.pause(std::min(wait, retry_at_ - now));
  if (const Status done = write_pending(wait, results); !done) return fail(done.error(), wait);
  if (!trouble_.empty()) log::info("the ledger takes alerts again");
  trouble_.clear();
  retry_delay_ = Duration(0);
}

Status LedgerSink::write_pending(Duration wait, std::vector<SinkResult>& results) {
  if (answers_.empty()) return {};
  const Duration now = ports_.clock.steady();
  // Where there is no room for more, entries that are no alerts do not wait: other alerts stand behind them.
  if (pending_.empty() && answers_.size() < pending_alerts_max && now < written_at_ + look_interval) {
    ports_.pause(std::min(wait, written_at_ + look_interval - now));
    return {};
  }
  const auto offered = std::span(pending_).first(std::min(pending_.size(), batch_max_));
  const std::uint64_t passed = offered.size() == pending_.size() ? answers_.back().sequence : 0;
  has_news_ = true;
  TRY(const std::size_t done, intake_->insert(offered, passed));
  written_at_ = now;
  const std::uint64_t position =
      done == pending_.size() ? answers_.back().sequence : pending_[done - 1].sequence;
  for (std::size_t i = 0; i < done; ++i) pending_bytes_ -= pending_[i].json.size();
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(done));
  for (; !answers_.empty() && answers_.front().sequence <= position; answers_.pop_front())
    results.push_back(std::move(answers_.front()));
  batch_max_ = std::min(2 * batch_max_, pending_alerts_max);
  if (done > 0) {
    refused_in_a_row_ = 0;
    ports_.inserted();
  }
  const bool was_long = ports_.clock.steady() - now >= intake_time_max / 2;
  if (was_long || !pending_.empty()) ports_.pause(std::min<Duration>(wait, pause_for_others));
  return {};
}

void LedgerSink::fail(const Error& error, Duration wait) {
  if (error.code == ErrorCode::invalid && give_up_refused(error)) return;
  ports_.damage.note(error);
  if (ports_.damage.is_found()) return rest(error.message + ": " + std::string(LedgerDamage::advice), wait);
  retry_delay_ = std::clamp<Duration>(2 * retry_delay_, retry_delay_min, retry_delay_max);
  if (error.code == ErrorCode::limit && retry_delay_ < busy_delay_max) {
    retry_at_ = ports_.clock.steady() + retry_delay_;
    return ports_.pause(std::min(wait, retry_delay_));
  }
  if (trouble_ != error.message)
    log::warn("the ledger takes no alerts, trying again", {{"error", error.message}});
  trouble_ = error.message;
  retry_at_ = ports_.clock.steady() + retry_delay_;
  ports_.pause(std::min(wait, retry_delay_));
}

/// What is damaged does not mend by itself, and every write may make it worse: there is nothing to do any
/// more.
void LedgerSink::rest(const std::string& why, Duration wait) {
  if (!is_resting_) {
    log::error("the ledger is damaged", {{"error", why}});
    trouble_ = why;
    is_resting_ = true;
  }
  ports_.pause(wait);
}

/// One of the alerts breaks a rule of the schema, and would for ever: it is looked for in smaller and smaller
/// transactions, and given up. False where nothing is to be given up, but to be tried again.
bool LedgerSink::give_up_refused(const Error& error) {
  const std::size_t tried = std::min(pending_.size(), batch_max_);
  if (tried > 1) {
    batch_max_ = tried / 2;
    return true;
  }
  if (tried == 0 || refused_in_a_row_ >= refused_in_a_row_max) return false;
  ++refused_in_a_row_;
  const auto refused = std::find_if(answers_.begin(), answers_.end(), [&](const SinkResult& answer) {
    return answer.sequence == pending_.front().sequence;
  });
  refused->delivered = false;
  refused->reason = error.message;
  pending_bytes_ -= pending_.front().json.size();
  pending_.erase(pending_.begin());
  return true;
}

/// Also while nothing can be written: people and other programs change incidents all the same.
void LedgerSink::look() {
  const Status followed = follow_journal();
  const std::string trouble = followed ? "" : followed.error().message;
  if (!followed) ports_.damage.note(followed.error());
  if (trouble != look_trouble_ && !followed)
    log::warn("the journal of the ledger cannot be read, trying again", {{"error", trouble}});
  if (trouble != look_trouble_ && followed) log::info("the journal of the ledger can be read again");
  look_trouble_ = trouble;
}

/// The figures of the newest journal, for whoever shows them. A block that is over changes nothing in the
/// ledger, but is a block less.
Status LedgerSink::follow_journal() {
  TRY(const std::int64_t version, database_->version_of_others());
  const bool is_over = block_ends_at_ && *block_ends_at_ <= ports_.clock.wall();
  if (!has_news_ && version == version_of_others_) return is_over ? follow_actions() : Status();
  TRY_OK(follow_actions());
  TRY_OK(figures_->look());
  version_of_others_ = version;
  has_news_ = false;
  auto news = std::make_shared<IncidentFigures>(figures_->figures());
  news->ledger_bytes = bytes_at(path_);
  news->warning = warning_;
  ports_.figures.publish(std::move(news));
  return {};
}

Status LedgerSink::follow_actions() {
  TRY(ActionFigures news, read_action_figures(*database_, ports_.clock.wall()));
  block_ends_at_ = news.next_end;
  ports_.actions.publish(std::make_shared<const ActionFigures>(std::move(news)));
  return {};
}

}  // namespace alarum
