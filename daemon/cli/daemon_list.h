#pragma once

#include "daemon/base/json_writer.h"
#include "daemon/cli/action_client.h"
#include "daemon/cli/command_line.h"
#include "daemon/cli/exit_code.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>

/// Lists of the daemon: a page for people or programs, all of it for spreadsheets.
namespace alarum::cli {

/// A list: how it is asked for, and how it is shown.
struct DaemonList {
  std::string_view command;
  std::string_view schema;                    ///< of an answer
  std::string_view items;                     ///< the member of it that holds the items
  std::span<const std::string_view> columns;  ///< of CSV: members of an item
  WriteAnswer write = nullptr;                ///< for people
  bool has_pages = true;                      ///< else one answer holds all that is told of it
};

/// Which page of a list is shown.
struct PageOptions {
  std::string socket;
  std::string before;
  std::string limit;
};

/// Adds these options to a command that lists.
void add_page_options(Verb& verb, PageOptions& options);

/// Adds to a request which items are asked for; without one all.
using WriteFilter = std::function<void(JsonWriter& request)>;

/// Shows a page of the list; as CSV (RFC 4180) every page from there on, up to `limit` items, since a
/// spreadsheet has no next page. What went wrong has been said on stderr.
ExitCode show_list(const GlobalOptions& global, const PageOptions& options, const DaemonList& list,
                   const WriteFilter& filter);

}  // namespace alarum::cli
