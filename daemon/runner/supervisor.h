#pragma once

#include "daemon/runner/launcher.h"

namespace alarum::runner {

/// In a process of its own, just forked: runs the script of `launch`, feeds it the event, keeps what it
/// writes, ends it when its time is over or SIGTERM comes, ends whatever it left behind, writes one framed
/// report to the descriptor `report`, and ends. When nobody reads the report any more, it ends everything at
/// once: without a runner there is nobody to answer to.
[[noreturn]] void supervise(const Launch& launch, int report) noexcept;

}  // namespace alarum::runner
