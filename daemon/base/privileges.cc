#include "daemon/base/privileges.h"

#include "daemon/base/system_error.h"

#include <array>
#include <cerrno>
#include <linux/capability.h>
#include <string>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace alarum {

Status limit_privileges(const AllowedCapabilities& allowed, bool any_capabilities) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return system_error("cannot give up new privileges", errno);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0)
    return system_error("cannot tell the capabilities", errno);
  sets[0].permitted &= ~allowed.bits;
  bool has_more = false;
  for (const __user_cap_data_struct& set : sets) has_more = has_more || set.permitted != 0;
  if (!has_more || any_capabilities) return {};
  return Error{ErrorCode::invalid, "it has more capabilities than " + std::string(allowed.names) +
                                       ": start it by its unit, or try it out with --any-capabilities"};
}

}  // namespace alarum
