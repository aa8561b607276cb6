#pragma once

#include "daemon/base/descriptor.h"
#include "daemon/base/result.h"

#include <initializer_list>

namespace alarum {

/// Where these signals are read from (signalfd(2)) from now on, without waiting; they interrupt nothing any
/// more in this thread and those that it starts.
Result<Descriptor> receive_signals(std::initializer_list<int> numbers);

}  // namespace alarum
