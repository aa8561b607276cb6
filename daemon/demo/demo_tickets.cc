// alarum-demo-tickets: a stand-in for a Jira, for the demo. Tickets are kept in memory, and shown as text.
#include "daemon/demo/end_signals.h"
#include "daemon/demo/loopback_server.h"
#include "daemon/demo/ticket_desk.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <poll.h>
#include <string_view>
#include <unistd.h>

namespace alarum::demo {
namespace {

constexpr const char* program = "alarum-demo-tickets";
constexpr const char* help_text = R"(alarum-demo-tickets [--help]

A stand-in for a Jira, for demonstrations: it listens on loopback, asks nobody for a password, keeps tickets
in memory, and knows no more of Jira than the responder jira asks for to create a ticket once. Prints its
address on stdout, then a line for each ticket, and runs until SIGTERM, SIGINT or the end of its input.
GET / shows all tickets, GET /browse/KEY one.
)";

enum ExitStatus : int { done = 0, failed = 4, wrong_usage = 64 };

bool print(std::string_view line) {
  return std::printf("%.*s\n", static_cast<int>(line.size()), line.data()) >= 0 && std::fflush(stdout) == 0;
}

/// Answers until a signal comes, or the input ends; what comes from there is thrown away.
int serve(const LoopbackServer& server, const EndSignals& signals) {
  TicketDesk desk;
  std::array<pollfd, 3> watched{
      {{signals.descriptor(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}, {server.descriptor(), POLLIN, 0}}};
  while (poll(watched.data(), watched.size(), -1) >= 0 || errno == EINTR) {
    if (watched[0].revents != 0) return done;
    std::array<char, 4096> thrown_away{};
    if (watched[1].revents != 0 && read(STDIN_FILENO, thrown_away.data(), thrown_away.size()) <= 0)
      return done;
    if (watched[2].revents == 0) continue;
    server.serve_one([&](const HttpQuestion& question) { return desk.answer(question); });
    for (const std::string& line : desk.take_news()) {
      if (!print(line)) return failed;
    }
  }
  return failed;
}

int run(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--help")
    return std::fputs(help_text, stdout) < 0 ? failed : done;
  if (argc > 1) {
    std::fprintf(stderr, "%s takes nothing but --help\n", program);
    return wrong_usage;
  }
  const EndSignals signals;
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write
  const auto server = LoopbackServer::open();
  if (!server) {
    std::fprintf(stderr, "%s: %s\n", program, server.error().message.c_str());
    return failed;
  }
  if (!print("127.0.0.1:" + std::to_string((*server)->port()))) return failed;
  return serve(**server, signals);
}

}  // namespace
}  // namespace alarum::demo

int main(int argc, char** argv) {
  try {
    return alarum::demo::run(argc, argv);
  } catch (const std::exception& error) {  // nothing of ours throws; memory may run out all the same
    std::fprintf(stderr, "alarum-demo-tickets: %s\n", error.what());
    return alarum::demo::failed;
  }
}
