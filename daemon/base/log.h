#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What the programs tell their operators, on stderr: a constant lower-case message and facts as keys.
/// `error` means that a human must act, `warn` that something is degraded, `info` is the life cycle, `debug`
/// may be per record. Never secrets, never payloads. The wall around spdlog. Any thread.
namespace alarum::log {

/// How urgent a message is, least first; `off` lets none through.
enum class Level { debug, info, warn, error, off };

/// The level of this name; `info` where there is none.
Level level_named(std::string_view name);

/// One fact beside a message. Control characters in the value are escaped when it is written.
struct Fact {
  std::string_view key;
  std::string value;
};

/// Messages below `level` are not written. The start value is `info`.
void set_level(Level level);

/// One line with its facts, at the level of the function's name.
void debug(std::string_view message, const std::vector<Fact>& facts = {});
void info(std::string_view message, const std::vector<Fact>& facts = {});
void warn(std::string_view message, const std::vector<Fact>& facts = {});
void error(std::string_view message, const std::vector<Fact>& facts = {});

}  // namespace alarum::log
