#pragma once

#include "daemon/base/result.h"
#include "daemon/enforcer/block_table.h"

#include <functional>
#include <string>

namespace alarum::enforcer {

/// Lets everybody go where no enforcer answers, and sees to it that the next one blocks nobody until root
/// says so: for root in an emergency, who needs neither a policy that is sound nor a process that lives. The
/// table goes first, whatever comes of the rest: `find_state` gives the path of the state only then, since it
/// may have to read a policy whose names a directory tells, or does not. The state is written as the user
/// whom its folder belongs to, who could otherwise lead root to files of others by links there. A state that
/// is damaged is moved aside. The error says what to do about a process that still holds the state: it may
/// make the table again.
Status panic_directly(const std::function<std::string()>& find_state, BlockTable& table);

}  // namespace alarum::enforcer
