#include "daemon/base/log.h"

#include "daemon/base/printable.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace alarum::log {
namespace {

/// One logger for the process: messages go to one place, whoever writes them.
spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("alarum", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    return made;
  }();
  return *instance;
}

void write(spdlog::level::level_enum level, std::string_view message, const std::vector<Fact>& facts) {
  if (!logger().should_log(level)) return;
  std::string line(message);
  for (const Fact& fact : facts) {
    line.append(" ").append(fact.key).append("=");
    const bool quote = fact.value.empty() || fact.value.find_first_of(" \"=") != std::string::npos;
    line += quote ? '"' + printable(fact.value) + '"' : printable(fact.value);
  }
  logger().log(level, "{}", line);
}

}  // namespace

Level level_named(std::string_view name) {
  if (name == "debug") return Level::debug;
  if (name == "warn") return Level::warn;
  if (name == "error") return Level::error;
  return Level::info;
}

void set_level(Level level) {
  switch (level) {
    case Level::debug: return logger().set_level(spdlog::level::debug);
    case Level::info: return logger().set_level(spdlog::level::info);
    case Level::warn: return logger().set_level(spdlog::level::warn);
    case Level::error: return logger().set_level(spdlog::level::err);
    case Level::off: return logger().set_level(spdlog::level::off);
  }
}

void debug(std::string_view message, const std::vector<Fact>& facts) {
  write(spdlog::level::debug, message, facts);
}
void info(std::string_view message, const std::vector<Fact>& facts) {
  write(spdlog::level::info, message, facts);
}
void warn(std::string_view message, const std::vector<Fact>& facts) {
  write(spdlog::level::warn, message, facts);
}
void error(std::string_view message, const std::vector<Fact>& facts) {
  write(spdlog::level::err, message, facts);
}

}  // namespace alarum::log
