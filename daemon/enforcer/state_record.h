#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/enforcer/actions.h"

#include <string>
#include <string_view>

namespace alarum::enforcer {

/// One line of the state file: something that happened and has to be known after a restart.
struct StateRecord {
  enum class Kind {
    action,       ///< a block was made, or is remembered as ended
    end,          ///< the action of this id ended before its time
    forget,       ///< the action of this id did not reach the kernel
    protect,      ///< a network is protected until then
    leave_alone,  ///< a network was unblocked and is not blocked again until then
    unprotect,    ///< neither of the two any more
    disarm,       ///< nothing new is blocked until `arm`
    panic,        ///< everything was let go, and nothing is blocked until `arm`
    arm,          ///< blocks are made again
  };
  Kind kind = Kind::arm;
  Action action = {};      ///< of `action`; of `end` and `forget` its id
  IpNetwork network = {};  ///< of `protect`, `leave_alone` and `unprotect`
  Timestamp until = {};    ///< of `protect` and `leave_alone`

  friend bool operator==(const StateRecord&, const StateRecord&) = default;
};

/// The record as a line, without its end.
std::string state_line(const StateRecord& record);

/// Reads a line; the error says what is wrong with it.
Result<StateRecord> parse_state_line(std::string_view line);

}  // namespace alarum::enforcer
