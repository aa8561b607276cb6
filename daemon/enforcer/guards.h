#pragma once

#include "daemon/base/time.h"
#include "daemon/enforcer/answer.h"
#include "daemon/enforcer/enforcer_state.h"
#include "daemon/enforcer/policy.h"
#include "daemon/enforcer/request.h"

#include <optional>
#include <string>
#include <vector>

namespace alarum::enforcer {

/// The guard `prefix`: it refuses what is wider than the policy allows.
std::optional<Refusal> refuse_prefix(const IpNetwork& target, const Limits& limits);

/// The first guard that refuses to block, in the order of docs/enforcer.md; nothing where none does. A pure
/// function: what it judges by is in its arguments. `duration` is what the request or the policy says.
std::optional<Refusal> refuse_block(const Request& request, Duration duration, const EnforcerState& state,
                                    const Limits& limits, Timestamp now);

/// The same for `protect`; the end of a protection is a time of day. Others than root, who `is_root` says it
/// is, protect networks no wider than they may block.
std::optional<Refusal> refuse_protect(const Request& request, const EnforcerState& state,
                                      const Limits& limits, Timestamp wall, bool is_root);

/// Blocks of one target that are to be taken back, and why.
struct Revocation {
  IpNetwork target;
  std::vector<std::string> ids;
  Refusal refusal;
};

/// What a guard would refuse now of what is blocked: what became protected, or what the policy does not allow
/// any more, being too wide or having too long to go.
std::vector<Revocation> find_revoked(const EnforcerState& state, const Limits& limits, Timestamp now);
/// The same after this entry was added, as far as it is the reason: all others were looked at before.
std::vector<Revocation> find_revoked_by(const IpNetwork& entry, const EnforcerState& state);

}  // namespace alarum::enforcer
