#include "daemon/runner/request.h"

#include "daemon/runner/words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alarum::runner {
namespace {

constexpr std::array<std::pair<std::string_view, Verb>, 4> verbs = {
    {{"run", Verb::run}, {"result", Verb::result}, {"forget", Verb::forget}, {"status", Verb::status}}};

Error refused(std::string sentence) { return {ErrorCode::invalid, std::move(sentence)}; }

/// Separates the event from the line; a line break belongs to `run` and to nothing else.
Result<std::string_view> take_line(std::string_view bytes, Request& into) {
  const std::size_t end = bytes.substr(0, request_line_max + 1).find('\n');
  const std::string_view line = bytes.substr(0, end);
  if (line.size() > request_line_max)
    return refused("the line of a request has at most " + std::to_string(request_line_max) + " bytes");
  const bool is_run = line.substr(0, line.find(' ')) == "run";
  if (is_run && end == std::string_view::npos)
    return refused("'run' takes a line break and an event behind it");
  if (!is_run && end != std::string_view::npos) return refused("an event goes with 'run' only");
  if (is_run) into.event = bytes.substr(end + 1);
  return line;
}

}  // namespace

Result<Request> parse_request(std::string_view bytes) {
  Request out;
  TRY(const std::string_view line, take_line(bytes, out));
  TRY(Words words, Words::parse(line));
  const auto* const verb = std::find_if(verbs.begin(), verbs.end(),
                                        [&](const auto& known) { return known.first == words.first(); });
  if (verb == verbs.end()) return refused("the verb is none of run, result, forget, status");
  out.verb = verb->second;
  if (out.verb != Verb::status) {
    TRY(out.action_id, words.take_id("action"));
  }
  if (out.verb == Verb::run) {
    TRY(out.until, words.take_time("until"));
  }
  TRY_OK(words.check_all_taken());
  return out;
}

std::string request_text(const Request& request) {
  const auto* const verb = std::find_if(verbs.begin(), verbs.end(),
                                        [&](const auto& known) { return known.second == request.verb; });
  std::string out(verb->first);
  if (request.verb != Verb::status) out += " action=" + request.action_id;
  if (request.verb != Verb::run) return out;
  return out.append(" until=").append(format_time(request.until)).append("\n").append(request.event);
}

}  // namespace alarum::runner
