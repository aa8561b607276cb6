#pragma once

#include "daemon/base/result.h"
#include "daemon/stream/sink.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// Appends entries to a file, a line each; or writes them to stdout. An entry has arrived when the disk says
/// that it is down (stdout: when it is written). A file that was renamed or removed by log rotation is made
/// anew. What a crash or a full disk cut short is ended by a line break before the next entry, and the entry
/// is written again. A pipe, terminal or socket whose reader has stopped takes nothing; nobody waits for it
/// longer than `step` may. The delivery thread.
class LineSink final : public Sink {
 public:
  /// For the file at `path`, or stdout where it is `-`. The error says why it cannot be opened.
  static Result<std::unique_ptr<LineSink>> open(std::string name, std::string path);
  ~LineSink() override;
  LineSink(const LineSink&) = delete;
  LineSink& operator=(const LineSink&) = delete;

  const std::string& name() const override { return name_; }
  bool offer(const OutboxEntry& entry) override;
  void step(Duration wait, std::vector<SinkResult>& results) override;
  std::string trouble() const override { return trouble_; }

 private:
  LineSink(std::string name, std::string path) : name_(std::move(name)), path_(std::move(path)) {}

  Status open_file();
  Status open_stdout();
  Result<bool> write_pending(Duration deadline);
  Result<std::size_t> write_some(std::string_view bytes);
  void note_stillness();
  bool is_replaced() const;

  std::string name_;
  std::string path_;
  int descriptor_ = -1;
  bool ends_in_line_ = true;  // otherwise a line break goes first
  bool is_stream_ = false;    // no file: nothing to sync, and it may take nothing
  bool is_socket_ = false;
  Duration taken_at_{};      // when a stream last took something, or had nothing to take
  std::string pending_;      // offered, and not all of it written
  std::size_t written_ = 0;  // of that
  std::vector<std::uint64_t> sequences_;
  std::string trouble_;
};

}  // namespace alarum
