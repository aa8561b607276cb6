// The tool of detection authors and SOC engineers: reads the command line, runs one command, returns its exit
// code.
#include "daemon/cli/command.h"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  try {
    alarum::cli::GlobalOptions global;
    alarum::cli::CommandLine line(global);
    for (const alarum::cli::AddCommand add : alarum::cli::commands()) add(line, global);
    return line.run(argc, argv);
  } catch (const std::exception& error) {  // nothing of ours throws; memory may run out all the same
    std::fprintf(stderr, "alarum: %s\n", error.what());
    return alarum::cli::broken_input;
  }
}
