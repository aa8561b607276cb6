#include "daemon/demo/stage.h"

#include "daemon/base/clock.h"
#include "daemon/base/file.h"
#include "daemon/base/json_writer.h"
#include "daemon/demo/http_get.h"
#include "daemon/demo/streams.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <poll.h>
#include <unistd.h>

namespace alarum::demo {
namespace {

constexpr Duration start_patience = std::chrono::seconds(30);
constexpr Duration end_patience = std::chrono::seconds(10);
constexpr Duration answer_patience = std::chrono::seconds(10);
constexpr Duration gone_patience = std::chrono::seconds(1);
constexpr const char* broker_program = "alarum-demo-broker";
constexpr const char* daemon_program = "alarumd";

/// A moment, or until `descriptor` has something to read; -1 is none.
void wait_a_moment(int descriptor) {
  constexpr int moment_milliseconds = 20;
  pollfd watched{descriptor, POLLIN, 0};
  poll(&watched, 1, moment_milliseconds);
}

/// The last lines of a log.
std::string last_lines(const std::string& path) {
  constexpr std::size_t log_bytes_max = 1U << 20U;
  constexpr std::size_t told_bytes_max = 600;
  const auto log = read_file(path, log_bytes_max);
  if (!log) return {};
  const std::size_t begin = log->size() > told_bytes_max ? log->find('\n', log->size() - told_bytes_max) : 0;
  return begin == std::string::npos ? *log : log->substr(begin);
}

}  // namespace

Result<std::unique_ptr<Stage>> Stage::set_up(const StageSettings& settings,
                                             const std::function<bool()>& is_given_up) {
  std::unique_ptr<Stage> out(new Stage);
  TRY_OK(out->make_folder());
  TRY_OK(out->start_broker(settings));
  TRY_OK(out->start_daemon(settings));
  TRY_OK(out->wait_until_ready(is_given_up));
  return out;
}

Stage::~Stage() {
  if (daemon_) daemon_->end(end_patience);
  if (broker_) broker_->end(end_patience);
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
  const Duration deadline = steady_now() + start_patience;
  while (brokers_.empty() && steady_now() < deadline) {
    wait_a_moment(broker_->output());
    for (std::string& line : broker_->take_lines()) brokers_ = std::move(line);
    TRY_OK(check());
  }
  if (brokers_.empty()) return Error{ErrorCode::io, std::string(broker_program) + " says no address"};
  return {};
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
  TRY_OK(replace_file(path, configuration(rules)));
  TRY(daemon_, ChildProcess::start(
                   {settings.programs + "/" + daemon_program, {"--config", path}, log_path(daemon_program)}));
  return {};
}

/// JSON is YAML.
std::string Stage::configuration(const std::string& rules) const {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("sources").begin_array();
  for (const Stream& stream : streams) {
    json.begin_object().key("name").text(stream.name).key("log_source").raw(stream.log_source);
    json.key("kafka").begin_object().key("brokers").begin_array().text(brokers_).end_array();
    json.key("topics").begin_array().text(stream.name).end_array().end_object().end_object();
  }
  json.end_array().key("responders").begin_array();
  json.begin_object().key("name").text("demo").key("kind").text("stdout").end_object().end_array();
  json.key("dead_letter").begin_object().key("file").begin_object();
  json.key("path").text(folder_ + "/dead-letters.jsonl").end_object().end_object();
  json.key("rules").begin_object().key("paths").begin_array().text(rules).end_array().end_object();
  json.key("state").begin_object().key("path").text(folder_ + "/state").end_object();
  json.key("http").begin_object().key("listen").text("127.0.0.1:" + std::to_string(http_port_)).end_object();
  json.key("control").begin_object().key("socket").text(control_socket()).end_object().end_object();
  return out + "\n";
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

Status Stage::check() const {
  if (const auto& how = broker_->ended()) return gone(broker_program, *how);
  if (!daemon_) return {};
  if (const auto& how = daemon_->ended()) return gone(daemon_program, *how);
  return {};
}

Error Stage::gone(const std::string& program, const std::string& how) const {
  return {ErrorCode::io,
          program + " is gone (" + how + "). The last that it said:\n" + last_lines(log_path(program))};
}

}  // namespace alarum::demo
