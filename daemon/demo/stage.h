#pragma once

#include "daemon/base/result.h"
#include "daemon/demo/child_process.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alarum::demo {

/// What a stage is made of.
struct StageSettings {
  std::string programs;       ///< the folder of `alarumd` and `alarum-demo-broker`
  std::string rules;          ///< the folder of the rules
  std::uint16_t http_port{};  ///< for `/metrics`; 0: any that is free
};

/// Where the demo plays: a broker and an alarumd, both our children, and a folder for what they write. All of
/// it is gone afterwards. One thread.
class Stage {
 public:
  /// Starts the broker, then alarumd, and waits until that is ready. `is_given_up` is asked meanwhile:
  /// whether nobody wants it any more. The error says what is in the way.
  static Result<std::unique_ptr<Stage>> set_up(const StageSettings& settings,
                                               const std::function<bool()>& is_given_up);
  /// Ends alarumd, then the broker, then the folder: as at a real place, where the broker stays.
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// `host:port` of the broker.
  const std::string& brokers() const { return brokers_; }
  /// Where `/metrics` of alarumd is.
  std::string metrics_url() const;
  /// What `alarum status --socket` takes.
  std::string control_socket() const { return folder_ + "/control.sock"; }

  /// Reads from here when alarumd has told something, for `poll`; -1 once it is gone.
  int alerts() const { return daemon_->output(); }
  /// What alarumd told since the last call, an alert a line, without waiting.
  std::vector<std::string> take_alerts() { return daemon_->take_lines(); }

  /// What `/metrics` says now.
  Result<std::string> metrics() const;

  /// The error tells which of the two programs is gone, and the last that it said.
  Status check() const;

 private:
  Stage() = default;
  Status make_folder();
  Status start_broker(const StageSettings& settings);
  Status start_daemon(const StageSettings& settings);
  Status wait_until_ready(const std::function<bool()>& is_given_up) const;
  std::string configuration(const std::string& rules) const;
  Error gone(const std::string& program, const std::string& how) const;
  std::string log_path(const std::string& program) const { return folder_ + "/" + program + ".log"; }

  std::string folder_;
  std::string brokers_;
  std::uint16_t http_port_ = 0;
  std::unique_ptr<ChildProcess> broker_;
  std::unique_ptr<ChildProcess> daemon_;
};

}  // namespace alarum::demo
