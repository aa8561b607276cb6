#pragma once

#include "daemon/base/json_node.h"
#include "daemon/cli/command_line.h"
#include "daemon/cli/exit_code.h"
#include "daemon/cli/terminal.h"

#include <string>
#include <string_view>

/// What every command about blocks, exemptions and the audit log shares.
namespace alarum::cli {

/// How an answer is shown to people.
using WriteAnswer = void (*)(const JsonNode& answer, Output& output);

/// Sends the request to the daemon at the socket and shows its answer, which has the form `schema`: as it
/// comes where JSON is asked for, else by `write`. What went wrong has been said on stderr.
ExitCode show_answer(const GlobalOptions& global, const std::string& socket, const std::string& request,
                     std::string_view schema, WriteAnswer write);

/// The same for a command that changes something.
ExitCode make_change(const GlobalOptions& global, const std::string& socket, const std::string& request);

/// Words of a command that need no daemon to be judged; an empty one was not given.
struct ActionWords {
  std::string network = {};  ///< an address or a network
  std::string lasts = {};    ///< a duration
  std::string since = {};    ///< a time
};

/// Whether they are what they have to be; what is wrong has been said on stderr.
bool are_understood(const ActionWords& words);

/// The end of the help of a command that changes something, and of one that lists.
HelpEnd change_help(const std::string& example);
HelpEnd reading_help(const std::string& example);

}  // namespace alarum::cli
