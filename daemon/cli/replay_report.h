#pragma once

#include "daemon/cli/terminal.h"
#include "daemon/files/file_source.h"
#include "daemon/pipeline/lane.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace alarum::cli {

/// How people count records: lines of a file from 1, or offsets of a partition.
enum class RecordPlaces { lines, offsets };

/// How a replay is reported.
struct ReplayStyle {
  RecordPlaces places = RecordPlaces::lines;
  bool is_summary = false;
  std::string log_source;  ///< as it was asked for
};

/// What a replay prints: alerts (or their summary) on stdout, progress and totals on stderr.
class ReplayReport {
 public:
  ReplayReport(const Plan& plan, const GlobalOptions& global, ReplayStyle style, Output& output);

  /// Takes what a lane made of `records`. False when the results can no longer be written.
  bool take(std::span<const Record> records, const LaneOutput& lane, const FileSource::Progress& progress);

  /// Prints what is known only at the end. Of that, `--quiet` leaves the totals where records could not be
  /// decoded, and the warning where no rule applies to any event.
  void finish(const std::string& rules_text);

  /// Records that were no events, so far.
  std::uint64_t dead_letters() const { return dead_letters_; }

 private:
  void write_alerts(std::span<const Record> records, const LaneOutput& lane);
  void explain_alert(const Alert& alert, const Record& record);
  void note_dead_letters(const LaneOutput& lane);
  void write_summary();
  std::string totals_text() const;
  void warn_if_no_rule_applies() const;
  std::string place_text(std::string_view topic, std::int32_t partition, std::int64_t offset) const;
  void show_progress(const FileSource::Progress& progress);
  void clear_progress();
  double seconds() const;

  const Plan& plan_;
  const GlobalOptions& global_;
  ReplayStyle style_;
  Output& output_;
  EventDecoder decoder_;  // of explanations: looks at a record again
  std::map<std::string, const sigma::Rule*, std::less<>> rules_;
  std::vector<std::uint64_t> matches_;  // by rule
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t alerts_ = 0;
  std::uint64_t dead_letters_ = 0;
  std::uint64_t invalid_values_ = 0;
  std::uint64_t duplicate_names_ = 0;
  std::uint64_t without_time_ = 0;
  std::uint64_t without_rule_ = 0;
  std::map<std::string_view, std::uint64_t> dead_letters_by_reason_;
  std::vector<std::string> dead_letter_places_;
  Duration start_;
  Duration shown_at_;
  bool progress_shown_ = false;
};

}  // namespace alarum::cli
