#include "daemon/cli/command.h"
#include "daemon/cli/incident_client.h"
#include "daemon/cli/terminal.h"
#include "daemon/respond/ledger_editor.h"

#include <iostream>
#include <iterator>
#include <memory>

namespace alarum::cli {
namespace {

/// What the command takes.
struct NoteOptions {
  std::string socket;
  std::string id;
  std::string kind = "finding";
  std::string text;
};

ExitCode add_note(const GlobalOptions& global, const NoteOptions& options) {
  std::string markdown = options.text;
  if (markdown == "-") markdown.assign(std::istreambuf_iterator<char>(std::cin), {});
  if (markdown.empty()) {
    complain("the note is empty");
    return wrong_usage;
  }
  if (markdown.size() > note_bytes_max) {
    complain("the note has " + std::to_string(markdown.size()) + " bytes, and " +
             std::to_string(note_bytes_max) + " are the most");
    return wrong_usage;
  }
  return send_edit(
      global, options.socket,
      incident_request("incident_note",
                       {{"incident", options.id}, {"kind", options.kind}, {"markdown", markdown}}));
}

}  // namespace

void add_incident_note(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<NoteOptions>();
  Verb verb = line.verb("incident", "note", "Add a note to an incident");
  verb.required("ID", options->id, "The incident's id, or at least four of its first digits");
  verb.required("TEXT", options->text, "Markdown, at most 32 KiB; - reads it from stdin");
  verb.option("--kind", options->kind, "hypothesis, finding or decision");
  verb.daemon_socket(options->socket);
  verb.runs(
      [&global, options] { return add_note(global, *options); },
      edit_help("alarum incident note 3f2a91bc --kind hypothesis 'Ann is on leave: who used her account?'"));
}

}  // namespace alarum::cli
