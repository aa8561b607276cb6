#include "daemon/runner/run_book.h"

#include "daemon/base/fault.h"
#include "daemon/runner/words.h"

#include <algorithm>
#include <utility>

namespace alarum::runner {
namespace {

using Kind = BookLine::Kind;

constexpr std::string_view heading = "alarum-runner-book 1";
constexpr std::size_t lines_spare = 1000;  // so many more than needed before the file is written anew

Error damaged(std::string sentence) { return {ErrorCode::invalid, std::move(sentence)}; }

}  // namespace

std::string book_line_text(const BookLine& line) {
  switch (line.kind) {
    case Kind::started: return "started action=" + line.action_id + " at=" + format_time(line.at);
    case Kind::ended:
      return "ended action=" + line.action_id + " at=" + format_time(line.at) + report_words(line.report);
    case Kind::forgotten: break;
  }
  return "forgotten action=" + line.action_id;
}

Result<BookLine> parse_book_line(std::string_view text) {
  TRY(Words words, Words::parse(text));
  BookLine out;
  if (words.first() == "ended") {
    out.kind = Kind::ended;
  } else if (words.first() == "forgotten") {
    out.kind = Kind::forgotten;
  } else if (words.first() != "started") {
    return damaged("the line is none of started, ended, forgotten");
  }
  TRY(out.action_id, words.take_id("action"));
  if (out.kind != Kind::forgotten) {
    TRY(out.at, words.take_time("at"));
  }
  if (out.kind == Kind::ended) {
    TRY(out.report, take_report(words, ""));
  }
  TRY_OK(words.check_all_taken());
  return out;
}

Result<RunBook> RunBook::open(const std::string& path) {
  TRY(LineLog log, LineLog::open(path, heading));
  RunBook out(std::move(log));
  std::size_t number = 1;
  for (const std::string& text : out.log_.take_lines()) {
    ++number;
    auto line = parse_book_line(text);
    if (!line)
      return std::move(line).error().within(path + ":" + std::to_string(number) +
                                            ": damaged (to start without "
                                            "what it remembers, move the file away)");
    out.take(*line);
  }
  return out;
}

const BookedRun* RunBook::find(const std::string& action_id) const {
  const auto found = runs_.find(action_id);
  return found == runs_.end() ? nullptr : &found->second;
}

std::size_t RunBook::unfinished_count() const {
  return static_cast<std::size_t>(
      std::count_if(runs_.begin(), runs_.end(), [](const auto& entry) { return !entry.second.report; }));
}

std::vector<Timestamp> RunBook::starts_after(Timestamp from) const {
  std::vector<Timestamp> out;
  for (const auto& [action_id, run] : runs_) {
    if (run.started > from) out.push_back(run.started);
  }
  return out;
}

Status RunBook::begin(const std::string& action_id, Timestamp now) {
  TRY_OK(fault::point("before_started"));
  const BookLine line{.kind = Kind::started, .action_id = action_id, .at = now};
  if (is_behind_) TRY_OK(write_anew());
  TRY_OK(append(line));
  take(line);
  return fault::point("after_started");
}

Status RunBook::end(const std::string& action_id, const RunReport& report, Timestamp now) {
  TRY_OK(fault::point("before_ended"));
  const BookLine line{
      .kind = Kind::ended, .action_id = action_id, .at = now, .report = without_output(report)};
  take(line);
  if (is_behind_) return write_anew();
  TRY_OK(append(line));
  return fault::point("after_ended");
}

Status RunBook::forget(const std::string& action_id) {
  const BookLine line{.kind = Kind::forgotten, .action_id = action_id};
  if (is_behind_) TRY_OK(write_anew());
  TRY_OK(append(line));
  take(line);
  return {};
}

void RunBook::take(const BookLine& line) {
  if (line.kind == Kind::started) runs_[line.action_id] = {.started = line.at, .report = {}, .ended = {}};
  if (line.kind == Kind::forgotten) runs_.erase(line.action_id);
  if (line.kind != Kind::ended) return;
  BookedRun& run = runs_[line.action_id];
  run.report = line.report;
  run.ended = line.at;
}

Status RunBook::append(const BookLine& line) {
  Status appended = log_.append(book_line_text(line));
  is_behind_ = !appended;
  return appended;
}

Status RunBook::write_anew_if_needed() {
  const bool is_long = log_.line_count() > 2 * runs_.size() + lines_spare;
  return is_behind_ || is_long ? write_anew() : Status();
}

Status RunBook::write_anew() {
  std::vector<std::string> lines;
  for (const auto& [action_id, run] : runs_) {
    lines.push_back(book_line_text({.kind = Kind::started, .action_id = action_id, .at = run.started}));
    if (!run.report) continue;
    lines.push_back(book_line_text(
        {.kind = Kind::ended, .action_id = action_id, .at = run.ended, .report = *run.report}));
  }
  is_behind_ = true;
  TRY_OK(log_.replace(lines));
  is_behind_ = false;
  return {};
}

}  // namespace alarum::runner
