#include "daemon/runner/supervisor.h"

#include "daemon/base/clock.h"
#include "daemon/base/frame.h"
#include "daemon/base/signals.h"
#include "daemon/runner/descendants.h"
#include "daemon/runner/kept_output.h"
#include "daemon/runner/run_report.h"
#include "daemon/runner/script_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <limits>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace alarum::runner {
namespace {

constexpr std::chrono::seconds clearing_max{10};
constexpr std::chrono::milliseconds clearing_round{20};

bool is_later(int reason) { return reason == EAGAIN || reason == EWOULDBLOCK || reason == EINTR; }

class Supervision {
 public:
  Supervision(const Launch& launch, int report)
      : launch_(launch),
        report_(report),
        output_(launch.output_size_max),
        error_(launch.output_size_max),
        event_(launch.event) {}

  RunReport run() {
    // SIGTERM of a terminal's Ctrl-C is the runner's to send.
    if (auto signals = receive_signals({SIGTERM, SIGCHLD})) signals_ = *std::move(signals);
    script_ = start_script(launch_);
    if (script_.failure != 0) {
      RunReport out;
      out.outcome = Outcome::not_started;
      out.code = static_cast<std::uint64_t>(script_.failure);
      return out;
    }
    const Duration began = steady_now();
    deadline_ = began + launch_.timeout;
    while (!status_) step();
    const Duration lasted = steady_now() - began;
    clear();
    read_into(output_, script_.output);
    read_into(error_, script_.error);
    return make_report(lasted);
  }

  bool is_clear() const { return is_clear_; }

 private:
  void step() {
    const short none = 0;
    std::array<pollfd, 5> watched = {{{signals_.number(), POLLIN, 0},
                                      {report_, none, 0},  // an error is told unasked
                                      {script_.input.number(), POLLOUT, 0},
                                      {script_.output.number(), POLLIN, 0},
                                      {script_.error.number(), POLLIN, 0}}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - steady_now());
    poll(watched.data(), watched.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (watched[1].revents != 0) abandon();
    if (watched[2].revents != 0) feed();
    if (watched[3].revents != 0) read_into(output_, script_.output);
    if (watched[4].revents != 0) read_into(error_, script_.error);
    const bool must_stop = was_asked_to_stop();
    reap();
    if (status_) return;
    if (must_stop) begin_end(Outcome::stopped);
    if (steady_now() >= deadline_) insist();
  }

  /// The runner is gone.
  [[noreturn]] void abandon() {
    kill(-script_.id, SIGKILL);
    clear();
    _exit(1);
  }

  void feed() {
    const ssize_t count = write(script_.input.number(), event_.data(), event_.size());
    if (count < 0 && is_later(errno)) return;
    if (count > 0) event_.remove_prefix(static_cast<std::size_t>(count));
    // A script that does not want to know the rest need not.
    if (count < 0 || event_.empty()) script_.input.reset();
  }

  /// What is there now; not more at a time than what a pipe holds, so that time limits count.
  static void read_into(KeptOutput& kept, Descriptor& stream) {
    constexpr int pieces_max = 16;
    std::array<char, 65536> piece{};
    for (int i = 0; i < pieces_max && stream.is_open(); ++i) {
      const ssize_t count = read(stream.number(), piece.data(), piece.size());
      if (count < 0 && is_later(errno)) return;
      if (count <= 0) stream.reset();
      if (count > 0) kept.add({piece.data(), static_cast<std::size_t>(count)});
    }
  }

  bool was_asked_to_stop() const {
    bool out = false;
    signalfd_siginfo signal{};
    while (read(signals_.number(), &signal, sizeof(signal)) == static_cast<ssize_t>(sizeof(signal)))
      out = out || signal.ssi_signo == SIGTERM;
    return out;
  }

  void begin_end(Outcome outcome) {
    if (ending_as_) return;
    ending_as_ = outcome;
    kill(-script_.id, SIGTERM);
    deadline_ = steady_now() + launch_.grace;
  }

  /// The time is over, the first or the second.
  void insist() {
    if (!ending_as_) return begin_end(Outcome::timeout);
    kill(-script_.id, SIGKILL);
    deadline_ = steady_now() + clearing_max;
  }

  /// Takes note of what ended; whether nothing is left.
  bool reap() {
    for (;;) {
      siginfo_t ended{};
      if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0) return errno == ECHILD;
      if (ended.si_pid == 0) return false;
      const bool is_script = ended.si_pid == script_.id;
      // As long as nobody waited for it, its number is no other group's.
      if (is_script) kill(-script_.id, SIGKILL);
      int status = 0;
      waitpid(ended.si_pid, &status, 0);
      if (status_) ++killed_;
      if (is_script) status_ = status;
    }
  }

  /// Ends whatever is left. A process whose parent ends becomes our child, so this comes to an end, unless
  /// the kernel does not let go of one; the runner goes on with that.
  void clear() {
    const Duration end = steady_now() + clearing_max;
    while (!(is_clear_ = reap()) && steady_now() < end) {
      for (const pid_t child : children_of(getpid())) kill(child, SIGKILL);
      pollfd watched = {signals_.number(), POLLIN, 0};
      poll(&watched, 1, static_cast<int>(clearing_round.count()));
      was_asked_to_stop();
    }
  }

  RunReport make_report(Duration lasted) const {
    const int status = *status_;
    RunReport out;
    out.outcome = ending_as_.value_or(WIFSIGNALED(status) ? Outcome::signaled : Outcome::exited);
    if (WIFEXITED(status)) out.code = static_cast<std::uint64_t>(WEXITSTATUS(status));
    if (WIFSIGNALED(status)) out.signal = static_cast<std::uint64_t>(WTERMSIG(status));
    out.milliseconds = static_cast<std::uint64_t>(lasted.count() / 1000);
    out.killed = killed_;
    out.output = output_.kept();
    out.error = error_.kept();
    out.output_lost = output_.lost();
    out.error_lost = error_.lost();
    return out;
  }

  const Launch& launch_;
  int report_;
  Descriptor signals_;
  ScriptProcess script_;
  KeptOutput output_;
  KeptOutput error_;
  std::string_view event_;            // what the script has not got yet
  Duration deadline_{};               // on the steady clock
  std::optional<Outcome> ending_as_;  // why it is being ended
  std::optional<int> status_;         // of the script, once it ended
  std::uint64_t killed_ = 0;
  bool is_clear_ = true;  // nothing of the script is left
};

/// Closes what the runner has open: another run's report, the sockets, the lock of the book.
void keep_only(int descriptor) {
  const auto kept = static_cast<unsigned>(descriptor);
  if (kept > STDERR_FILENO + 1) close_range(STDERR_FILENO + 1, kept - 1, 0);
  close_range(kept + 1, std::numeric_limits<unsigned>::max(), 0);
}

}  // namespace

void supervise(const Launch& launch, int report) noexcept {
  keep_only(report);
  std::signal(SIGPIPE, SIG_IGN);
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) _exit(1);
  Supervision supervision(launch, report);
  const std::string text = frame(report_text(supervision.run()));
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t count = write(report, left.data(), left.size());
    if (count < 0 && errno != EINTR) _exit(1);
    if (count > 0) left.remove_prefix(static_cast<std::size_t>(count));
  }
  _exit(supervision.is_clear() ? 0 : 1);
}

}  // namespace alarum::runner
