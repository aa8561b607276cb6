#include "daemon/base/ask.h"
#include "daemon/base/json_writer.h"
#include "daemon/cli/command.h"
#include "daemon/cli/terminal.h"

#include <memory>

namespace alarum::cli {
namespace {

constexpr std::size_t answer_size_max = 4096;  // docs/enforcer.md, The protocol

ExitCode ask_for_panic(const GlobalOptions& global, const std::string& socket) {
  constexpr std::chrono::seconds patience{10};
  const auto answer = ask(socket, "panic",
                          {.name = "the enforcer",
                           .user = "alarum-enforcer",
                           .unit = "alarum-enforcer.socket",
                           .answer_size_max = answer_size_max,
                           .patience = patience,
                           .answer_patience = patience});
  if (!answer) {
    complain(answer.error().message + "; root's alarum-enforcer panic needs no enforcer that answers");
    return unreachable;
  }
  if (!answer->starts_with("done")) {
    complain("the enforcer refuses: " + *answer);
    return findings;
  }
  Output output(global);
  std::string json;
  JsonWriter(json)
      .begin_object()
      .key("schema")
      .text("alarum.panic/1")
      .key("answer")
      .text(*answer)
      .end_object();
  output.write(global.is_json()
                   ? json + "\n"
                   : "everybody is let go, and nobody is blocked until root says alarum-enforcer arm\n");
  output.flush();
  return output.ok() ? done : unreachable;
}

}  // namespace

void add_panic(CommandLine& line, const GlobalOptions& global) {
  const auto socket = std::make_shared<std::string>("/run/alarum/enforcer.sock");
  Verb verb = line.verb("panic", "Let everybody go and block nobody; needs no alarumd");
  verb.option("--socket", *socket, "The enforcer's socket");
  verb.runs([&global, socket] { return ask_for_panic(global, *socket); },
            {"0 nobody is blocked any more, 1 the enforcer refuses, 4 it cannot be reached: then as root "
             "alarum-enforcer panic, 64 wrong usage",
             "alarum panic"});
}

}  // namespace alarum::cli
