#include "daemon/base/fault.h"

#include "daemon/base/ensure.h"
#include "daemon/base/log.h"

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace alarum::fault {
namespace {

// Written before threads start and after they end; atomic because the points are passed by all of them.
std::atomic<const Handler*> armed_handler{nullptr};

enum class Deed { kill, abort, error, delay };

/// One clause of ALARUM_FAULT.
struct Clause {
  std::string name;
  Deed deed = Deed::error;
  std::uint64_t at = 0;  ///< the pass that counts; 0 means every one
  std::atomic<std::uint64_t> passes{0};
};

Status perform(const Clause& clause) {
  constexpr std::chrono::milliseconds delay{100};
  switch (clause.deed) {
    case Deed::kill: std::raise(SIGKILL); break;
    case Deed::abort: std::abort();
    case Deed::error: return Error{ErrorCode::io, "fault '" + clause.name + "'"};
    case Deed::delay: std::this_thread::sleep_for(delay); break;
  }
  return {};
}

Result<std::shared_ptr<Clause>> parse_clause(std::string_view text) {
  const auto bad = [&] {
    return Error{ErrorCode::invalid,
                 "fault '" + std::string(text) +
                     "' is not understood: NAME=kill|abort|error|delay, with @N behind it or not"};
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return bad();
  auto out = std::make_shared<Clause>();
  out->name = text.substr(0, equals);
  std::string_view deed = text.substr(equals + 1);
  if (const std::size_t at = deed.find('@'); at != std::string_view::npos) {
    const std::string_view number = deed.substr(at + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out->at);
    if (error != std::errc() || end != number.data() + number.size() || out->at == 0) return bad();
    deed = deed.substr(0, at);
  }
  if (deed == "kill") {
    out->deed = Deed::kill;
  } else if (deed == "abort") {
    out->deed = Deed::abort;
  } else if (deed == "delay") {
    out->deed = Deed::delay;
  } else if (deed != "error") {
    return bad();
  }
  return out;
}

}  // namespace

Status point(std::string_view name) {
  const Handler* const handler = armed_handler.load(std::memory_order_acquire);
  return handler == nullptr ? Status() : (*handler)(name);
}

Armed::Armed(Handler handler) : handler_(std::move(handler)) {
  const Handler* expected = nullptr;
  ENSURE(armed_handler.compare_exchange_strong(expected, &handler_), "faults are armed once at a time");
}

Armed::~Armed() { armed_handler.store(nullptr, std::memory_order_release); }

Result<Handler> parse(std::string_view text) {
  std::vector<std::shared_ptr<Clause>> clauses;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    TRY(auto clause, parse_clause(text.substr(0, comma)));
    clauses.push_back(std::move(clause));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return Handler([clauses](std::string_view name) -> Status {
    for (const auto& clause : clauses) {
      if (clause->name != name) continue;
      const std::uint64_t pass = clause->passes.fetch_add(1) + 1;
      if (clause->at == 0 || clause->at == pass) TRY_OK(perform(*clause));
    }
    return {};
  });
}

Result<std::unique_ptr<Armed>> arm_from_environment() {
  const char* const text = std::getenv("ALARUM_FAULT");
  if (text == nullptr) return std::unique_ptr<Armed>();
  TRY(Handler handler, parse(text));
  log::warn("faults are armed: this is a test", {{"faults", text}});
  return std::make_unique<Armed>(std::move(handler));
}

}  // namespace alarum::fault
