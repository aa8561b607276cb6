#pragma once

#include "daemon/base/result.h"
#include "daemon/demo/attacked_host.h"
#include "daemon/demo/child_process.h"
#include "daemon/demo/stage_configuration.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alarum::demo {

/// What a stage is made of.
struct StageSettings {
  std::string programs;       ///< the folder of `alarumd`, `alarum` and the other programs of the demo
  std::string rules;          ///< the folder of the rules
  std::uint16_t http_port{};  ///< for `/metrics`; 0: any that is free
  bool blocks = false;  ///< whether the attacker is really blocked, between hosts of our own; takes root
};

/// Where the demo plays: a broker, a stand-in for a Jira and an alarumd, all our children, and a folder for
/// what they write. All of it is gone afterwards. One thread.
class Stage {
 public:
  /// Starts the others, then alarumd, and waits until that is ready. `is_given_up` is asked meanwhile:
  /// whether nobody wants it any more. The error says what is in the way.
  static Result<std::unique_ptr<Stage>> set_up(const StageSettings& settings,
                                               const std::function<bool()>& is_given_up);
  /// Ends alarumd, then the others, then the folder: as at a real place, where the broker stays.
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// `host:port` of the broker.
  const std::string& brokers() const { return brokers_; }
  /// `host:port` of the stand-in for a Jira.
  const std::string& tickets() const { return tickets_address_; }
  /// Where `/metrics` of alarumd is.
  std::string metrics_url() const;
  /// What `alarum status --socket` takes.
  std::string control_socket() const { return control_socket_in(folder_); }

  /// Reads from here when alarumd has told something, for `poll`; -1 once it is gone.
  int alerts() const { return daemon_->output(); }
  /// What alarumd told since the last call, an alert a line, without waiting.
  std::vector<std::string> take_alerts() { return daemon_->take_lines(); }

  /// Reads from here when a ticket was created, for `poll`; -1 once that program is gone.
  int tickets_output() const { return tickets_->output(); }
  /// The tickets that were created since the last call, a line each, safe for a terminal: `DEMO-1  …`.
  std::vector<std::string> take_tickets() { return tickets_->take_lines(); }
  /// Where the stand-in shows a ticket.
  std::string ticket_url(const std::string& key) const {
    return "http://" + tickets_address_ + ticket_path + key;
  }
  /// What it shows there, safe for a terminal.
  Result<std::string> ticket(const std::string& key) const;

  /// The lines that `alarum` answers to these words, asked about our alarumd.
  Result<std::vector<std::string>> ask(std::vector<std::string> words) const;

  /// The attacker's knocking at the attacked server; null where nobody is really blocked.
  Knocking* knocking() const { return attacked_ ? &attacked_->knocking() : nullptr; }

  /// What `/metrics` says now.
  Result<std::string> metrics() const;

  /// The error tells which of the programs is gone, and the last that it said.
  Status check() const;

 private:
  Stage() = default;
  Status make_folder();
  Status start_broker(const StageSettings& settings);
  Status start_tickets(const StageSettings& settings);
  Status start_enforcer(const StageSettings& settings);
  Status start_daemon(const StageSettings& settings);
  Status wait_until_ready(const std::function<bool()>& is_given_up) const;
  Result<std::string> first_line(ChildProcess& child, const char* program) const;
  Error gone(const std::string& program, const std::string& how) const;
  std::string enforcer_socket() const { return folder_ + "/enforcer.sock"; }
  std::string log_path(const std::string& program) const { return folder_ + "/" + program + ".log"; }

  static constexpr const char* ticket_path = "/browse/";

  std::string folder_;
  std::string programs_;
  std::string brokers_;
  std::string tickets_address_;
  std::uint16_t http_port_ = 0;
  std::unique_ptr<ChildProcess> broker_;
  std::unique_ptr<ChildProcess> tickets_;
  std::unique_ptr<AttackedHost> attacked_;
  std::unique_ptr<ChildProcess> enforcer_;
  std::unique_ptr<ChildProcess> daemon_;
};

}  // namespace alarum::demo
