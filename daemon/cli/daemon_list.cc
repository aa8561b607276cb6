#include "daemon/cli/daemon_list.h"

#include "daemon/base/printable.h"
#include "daemon/cli/incident_client.h"
#include "daemon/cli/terminal.h"

#include <algorithm>
#include <limits>

namespace alarum::cli {
namespace {

std::string request_of(const DaemonList& list, const PageOptions& page, const WriteFilter& filter) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("command").text(list.command);
  if (filter) filter(json);
  if (!page.before.empty()) json.key("before").raw(page.before);
  if (!page.limit.empty()) json.key("limit").raw(page.limit);
  json.end_object();
  return out;
}

void write_names(const DaemonList& list, Output& output) {
  std::string line;
  for (const std::string_view column : list.columns) line.append(line.empty() ? "" : ",").append(column);
  output.write(line + "\n");
}

/// A line for each item; how many they are.
std::size_t write_rows(const DaemonList& list, const JsonNode& answer, Output& output) {
  const JsonNode* const items = answer.find(list.items);
  if (items == nullptr) return 0;
  for (const JsonNode& item : items->items) {
    std::string line;
    std::string_view separator;
    for (const std::string_view column : list.columns) {
      line.append(separator).append(harmless_cell(printable(item.text_of(column))));
      separator = ",";
    }
    output.write(line + "\n");
  }
  return items->items.size();
}

ExitCode show_csv(const GlobalOptions& global, PageOptions page, const DaemonList& list,
                  const WriteFilter& filter) {
  constexpr std::size_t page_max = 500;  // of the daemon
  std::size_t left = page.limit.empty() ? std::numeric_limits<std::size_t>::max() : std::stoull(page.limit);
  Output output(global);
  for (bool is_first = true; output.ok(); is_first = false) {
    if (list.has_pages) page.limit = std::to_string(std::min(left, page_max));
    IncidentAnswer answer;
    if (const ExitCode code =
            ask_about_incidents(page.socket, request_of(list, page, filter), list.schema, answer);
        code != done)
      return code;
    if (is_first) write_names(list, output);
    const std::size_t count = write_rows(list, answer.root, output);
    output.flush();
    left -= std::min(left, count);
    page.before = answer.root.text_of("next_before");
    if (answer.root.text_of(std::string(list.items) + "_cut") == "true")
      complain("the daemon's answer has no room for more, and there are more");
    if (page.before.empty() || count == 0 || left == 0) break;
  }
  return output.ok() ? done : unreachable;
}

}  // namespace

void add_page_options(Verb& verb, PageOptions& options) {
  verb.option("--before", options.before, "The next page: older than the number that a page ends with");
  verb.option("--limit", options.limit,
              "How many at most: 50, and up to 500; with --format csv all, or any number");
  verb.daemon_socket(options.socket);
}

ExitCode show_list(const GlobalOptions& global, const PageOptions& options, const DaemonList& list,
                   const WriteFilter& filter) {
  for (const std::string* const number : {&options.before, &options.limit}) {
    if (number->empty() || is_counting_number(*number)) continue;
    complain("'" + *number + "' is no number from 1 on");
    return wrong_usage;
  }
  if (global.format == "csv") return show_csv(global, options, list, filter);
  return show_answer(global, options.socket, request_of(list, options, filter), list.schema, list.write);
}

}  // namespace alarum::cli
