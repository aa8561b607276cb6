#pragma once

#include "daemon/base/line_log.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/runner/run_report.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alarum::runner {

/// One line of the book.
struct BookLine {
  enum class Kind {
    started,    ///< a run was begun: written before the script starts
    ended,      ///< it ended so
    forgotten,  ///< it may be run again
  };
  Kind kind = Kind::started;
  std::string action_id;
  Timestamp at = {};      ///< of `started` and `ended`
  RunReport report = {};  ///< of `ended`, without output

  friend bool operator==(const BookLine&, const BookLine&) = default;
};

/// The line as text, and read from it; the error says what is wrong with it.
std::string book_line_text(const BookLine& line);
Result<BookLine> parse_book_line(std::string_view text);

/// What the book knows of one action.
struct BookedRun {
  Timestamp started = {};
  std::optional<RunReport> report;  ///< nothing while it runs, and where nobody knows how it ended
  Timestamp ended = {};
};

/// What became of every action, over restarts: a run is in the book, on the disk, before its script starts.
/// So one that is there without its end after a restart may have been done or not. One thread.
class RunBook {
 public:
  /// Opens the book at `path`, which may be absent, and locks it. A damaged line is an error: without it an
  /// action could be done twice.
  static Result<RunBook> open(const std::string& path);

  /// What is known of an action; null where it is none.
  const BookedRun* find(const std::string& action_id) const;
  std::size_t size() const { return runs_.size(); }
  /// How many were begun and have no end: those that run, and those in doubt.
  std::size_t unfinished_count() const;
  /// When the runs after `from` were begun, in no order.
  std::vector<Timestamp> starts_after(Timestamp from) const;

  /// A run begins now. After an error it may not: nothing would be known of it after a restart.
  Status begin(const std::string& action_id, Timestamp now);
  /// It ended. After an error the book knows it all the same, and `tend` writes it down.
  Status end(const std::string& action_id, const RunReport& report, Timestamp now);
  /// Nothing is known of it from now on.
  Status forget(const std::string& action_id);

  /// Forgets what ended, or was begun and is in doubt, before `limit`, unless `is_kept` says otherwise; makes
  /// the file shorter where that pays, and writes it anew where a write failed before.
  template <class IsKept>
  Status tend(Timestamp limit, const IsKept& is_kept) {
    std::erase_if(runs_, [&](const auto& entry) {
      const BookedRun& run = entry.second;
      return (run.report ? run.ended : run.started) < limit && !is_kept(entry.first);
    });
    return write_anew_if_needed();
  }

 private:
  explicit RunBook(LineLog log) : log_(std::move(log)) {}
  void take(const BookLine& line);
  Status append(const BookLine& line);
  Status write_anew_if_needed();
  Status write_anew();

  LineLog log_;
  std::map<std::string, BookedRun> runs_;
  bool is_behind_ = false;  // the file is not what is in memory
};

}  // namespace alarum::runner
