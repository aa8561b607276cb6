#include "daemon/demo/stage.h"

#include "daemon/base/clock.h"
#include "daemon/base/file.h"
#include "daemon/base/json_writer.h"
#include "daemon/demo/http_get.h"
#include "daemon/demo/run_program.h"
#include "daemon/demo/streams.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace alarum::demo {
namespace {

constexpr Duration start_patience = std::chrono::seconds(60);
constexpr Duration end_patience = std::chrono::seconds(10);
constexpr Duration answer_patience = std::chrono::seconds(10);
constexpr Duration tool_patience = std::chrono::seconds(60);
constexpr Duration gone_patience = std::chrono::seconds(1);
constexpr const char* broker_program = "alarum-demo-broker";
constexpr const char* ticket_program = "alarum-demo-tickets";
constexpr const char* enforcer_program = "alarum-enforcer";
constexpr const char* daemon_program = "alarumd";
constexpr const char* tool_program = "alarum";

/// A moment, or until `descriptor` has something to read; -1 is none.
void wait_a_moment(int descriptor) {
  constexpr int moment_milliseconds = 20;
  pollfd watched{descriptor, POLLIN, 0};
  poll(&watched, 1, moment_milliseconds);
}

/// The number behind the last colon; 0 where there is none.
std::uint16_t port_in(std::string_view address) {
  const std::string_view number = address.substr(address.rfind(':') + 1);
  std::uint16_t out = 0;
  std::from_chars(number.data(), number.data() + number.size(), out);
  return out;
}

}  // namespace

Result<std::unique_ptr<Stage>> Stage::set_up(const StageSettings& settings,
                                             const std::function<bool()>& is_given_up) {
  std::unique_ptr<Stage> out(new Stage);
  out->programs_ = settings.programs;
  TRY_OK(out->make_folder());
  TRY_OK(out->start_broker(settings));
  TRY_OK(out->start_tickets(settings));
  if (settings.blocks) TRY_OK(out->start_enforcer(settings));
  TRY_OK(out->start_daemon(settings));
  TRY_OK(out->wait_until_ready(is_given_up));
  return out;
}

Stage::~Stage() {
  for (const auto* const child : {&daemon_, &enforcer_, &tickets_, &broker_}) {
    if (*child) (*child)->end(end_patience);
  }
  std::error_code ignored;  // a folder for temporary files is cleaned by the system too
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Status Stage::make_folder() {
  std::error_code error;
  std::string pattern = (std::filesystem::temp_directory_path(error) / "alarum-demo-XXXXXX").string();
  if (error || mkdtemp(pattern.data()) == nullptr) {
    return Error{ErrorCode::io, "cannot make a folder " + pattern + ": " + std::strerror(errno)};
  }
  folder_ = std::move(pattern);
  return {};
}

Status Stage::start_broker(const StageSettings& settings) {
  ChildCommand command{
      settings.programs + "/" + broker_program, {"--until-stdin-closes"}, log_path(broker_program)};
  for (const Stream& stream : streams) {
    command.arguments.emplace_back("--topic");
    command.arguments.push_back(std::string(stream.name) + ":1");
  }
  TRY(broker_, ChildProcess::start(command));
  TRY(brokers_, first_line(*broker_, broker_program));
  return {};
}

Status Stage::start_tickets(const StageSettings& settings) {
  TRY(tickets_,
      ChildProcess::start({settings.programs + "/" + ticket_program, {}, log_path(ticket_program)}));
  TRY(tickets_address_, first_line(*tickets_, ticket_program));
  return replace_file(ticket_token_in(folder_), "no secret\n");
}

/// With a policy of its own, which is root's and lets root alone ask.
Status Stage::start_enforcer(const StageSettings& settings) {
  TRY(attacked_, AttackedHost::make(folder_));
  const std::string path = folder_ + "/enforcer.yaml";
  std::string policy;
  JsonWriter json(policy);
  json.begin_object().key("askers").raw(R"({"users":["root"]})").key("socket").text(enforcer_socket());
  json.key("state").text(folder_ + "/blocks").key("clock").text(folder_ + "/clock").end_object();
  TRY_OK(replace_file(path, policy + "\n"));
  chmod(path.c_str(), S_IRUSR | S_IWUSR);
  TRY_OK(attacked_->on_server([&]() -> Status {
    TRY(enforcer_, ChildProcess::start({settings.programs + "/" + enforcer_program,
                                        {"--policy", path, "--any-capabilities"},
                                        log_path(enforcer_program)}));
    return {};
  }));
  const Duration deadline = steady_now() + start_patience;
  while (access(enforcer_socket().c_str(), F_OK) != 0) {
    TRY_OK(check());
    if (steady_now() > deadline) return Error{ErrorCode::io, "alarum-enforcer does not listen"};
    wait_a_moment(-1);
  }
  return {};
}

/// What it says first, which is where it listens.
Result<std::string> Stage::first_line(ChildProcess& child, const char* program) const {
  const Duration deadline = steady_now() + start_patience;
  while (steady_now() < deadline) {
    wait_a_moment(child.output());
    if (std::vector<std::string> lines = child.take_lines(); !lines.empty()) return std::move(lines.front());
    TRY_OK(check());
  }
  return Error{ErrorCode::io, std::string(program) + " says no address"};
}

Status Stage::start_daemon(const StageSettings& settings) {
  http_port_ = settings.http_port;
  if (http_port_ == 0) {
    TRY(http_port_, free_port());
  }
  std::error_code error;
  const std::string rules = std::filesystem::absolute(settings.rules, error).string();
  if (error) return Error{ErrorCode::io, settings.rules + ": " + error.message()};
  const std::string path = folder_ + "/alarum.yaml";
  const std::string enforcer = enforcer_ ? enforcer_socket() : "";
  TRY_OK(replace_file(
      path, stage_configuration({rules, folder_, brokers_, tickets_address_, http_port_, enforcer})));
  TRY(daemon_, ChildProcess::start(
                   {settings.programs + "/" + daemon_program, {"--config", path}, log_path(daemon_program)}));
  return {};
}

Status Stage::wait_until_ready(const std::function<bool()>& is_given_up) const {
  const Duration deadline = steady_now() + start_patience;
  std::string reasons = "it does not answer";
  while (steady_now() < deadline) {
    TRY_OK(check());
    if (is_given_up()) return Error{ErrorCode::io, "ended before it began"};
    const auto answer = http_get(http_port_, "/readyz", answer_patience);
    if (answer && answer->status == 200) return {};
    if (answer) reasons = answer->body;
    wait_a_moment(-1);
  }
  return Error{ErrorCode::io, "alarumd does not get ready: " + reasons};
}

std::string Stage::metrics_url() const {
  return "http://127.0.0.1:" + std::to_string(http_port_) + "/metrics";
}

Result<std::string> Stage::metrics() const {
  auto answer = http_get(http_port_, "/metrics", answer_patience);
  if (answer && answer->status == 200) return std::move(answer->body);
  if (answer) return Error{ErrorCode::io, metrics_url() + " answers " + std::to_string(answer->status)};
  // A program that dies closes its connections a moment before it is gone, which says more.
  const Duration deadline = steady_now() + gone_patience;
  while (steady_now() < deadline) {
    TRY_OK(check());
    wait_a_moment(-1);
  }
  return std::move(answer).error().within(metrics_url());
}

Result<std::string> Stage::ticket(const std::string& key) const {
  TRY(auto answer, http_get(port_in(tickets_address_), ticket_path + key, answer_patience));
  if (answer.status == 200) return std::move(answer.body);
  return Error{ErrorCode::io, ticket_url(key) + " answers " + std::to_string(answer.status)};
}

Result<std::vector<std::string>> Stage::ask(std::vector<std::string> words) const {
  words.insert(words.end(), {"--socket", control_socket()});
  return run_program({programs_ + "/" + tool_program, std::move(words), log_path(tool_program)},
                     tool_patience);
}

Status Stage::check() const {
  const std::array<std::pair<const char*, ChildProcess*>, 4> children = {{{broker_program, broker_.get()},
                                                                          {enforcer_program, enforcer_.get()},
                                                                          {ticket_program, tickets_.get()},
                                                                          {daemon_program, daemon_.get()}}};
  for (const auto& [program, child] : children) {
    if (child == nullptr) continue;
    if (const auto& how = child->ended()) return gone(program, *how);
  }
  return {};
}

Error Stage::gone(const std::string& program, const std::string& how) const {
  return {ErrorCode::io,
          program + " is gone (" + how + "). The last that it said:\n" + last_lines(log_path(program))};
}

}  // namespace alarum::demo
