#pragma once

#include "daemon/base/result.h"

#include <memory>
#include <string>

namespace alarum::enforcer {

/// Runs commands of nft(8) in this process: the wall around libnftables. One context is kept, since what it
/// knows of the kernel's sets is costly to read. One thread.
class NftCommands {
 public:
  /// Opens a context.
  static Result<NftCommands> open();
  NftCommands(NftCommands&& other) noexcept;
  NftCommands& operator=(NftCommands&& other) = delete;
  ~NftCommands();

  /// Runs the commands in one transaction and gives what they print. Nothing from outside may stand in them
  /// but what was parsed and spelled anew. The error is the first line of what the library says.
  Result<std::string> run(const std::string& commands);

 private:
  struct Context;
  explicit NftCommands(std::unique_ptr<Context> context);

  std::unique_ptr<Context> context_;
};

}  // namespace alarum::enforcer
