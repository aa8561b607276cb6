#include "config/yaml_source.h"
#include "daemon/api/control_client.h"
#include "daemon/base/printable.h"
#include "daemon/cli/command.h"
#include "daemon/cli/status_text.h"
#include "daemon/cli/terminal.h"

#include <memory>
#include <utility>

namespace alarum::cli {
namespace {

constexpr std::chrono::seconds patience{10};

/// JSON is YAML, and our reader of it has limits and says where something is wrong.
Result<YamlNode> parse_answer(std::string answer) {
  const SourceFile file{"the daemon's answer", std::move(answer)};
  Diagnostics diagnostics(file);
  std::vector<YamlDocument> documents =
      parse_yaml(file, diagnostics, {.bytes_max = 16U << 20U, .depth_max = 16});
  if (diagnostics.has_errors())
    return Error{ErrorCode::invalid,
                 "the daemon's answer is not understood: " + diagnostics.items().front().message};
  if (documents.size() != 1 || !documents.front().root.is_mapping())
    return Error{ErrorCode::invalid, "the daemon's answer is not understood: it is no object"};
  return std::move(documents.front().root);
}

Result<YamlNode> check_answer(const std::string& answer) {
  TRY(YamlNode root, parse_answer(answer));
  if (const YamlNode* const error = root.find("error"))
    return Error{ErrorCode::invalid, "the daemon refuses: " + error->text};
  const YamlNode* const schema = root.find("schema");
  if (schema == nullptr || schema->text != "alarum.status/1")
    return Error{ErrorCode::unsupported,
                 "the daemon answers in another form than alarum.status/1; use the tool of its version"};
  return root;
}

ExitCode show_status(const GlobalOptions& global, const std::string& socket) {
  const auto answer = ask_daemon(socket, R"({"command":"status"})", patience);
  if (!answer) {
    complain(answer.error().message + "; is alarumd running, and may you ask it?");
    return unreachable;
  }
  const auto status = check_answer(*answer);
  if (!status) {
    complain(status.error().message);
    return unreachable;
  }
  Output output(global);
  if (global.is_json()) {
    output.write(*answer + "\n");
  } else {
    write_status(*status, output);
  }
  output.flush();
  return output.ok() ? done : unreachable;
}

}  // namespace

void add_status(CommandLine& line, const GlobalOptions& global) {
  const auto socket = std::make_shared<std::string>();
  Verb verb = line.verb("status", "Show how the running daemon is doing");
  verb.daemon_socket(*socket);
  verb.runs(
      [&global, socket] { return show_status(global, *socket); },
      {"0 it answered, 3 the configuration is broken, 4 the daemon cannot be reached, or output cannot be "
       "written, 64 wrong usage",
       "alarum status --socket /run/alarum/control.sock"});
}

}  // namespace alarum::cli
