#include "daemon/enforcer/direct_panic.h"

#include "daemon/base/clock.h"
#include "daemon/base/system_error.h"
#include "daemon/enforcer/state_log.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace alarum::enforcer {
namespace {

/// This process as another user and group for files, as long as it lives.
class ActingAs {
 public:
  ActingAs(uid_t user, gid_t group) : user_(geteuid()), group_(getegid()) {
    is_so_ = leave_groups() && setegid(group) == 0 && seteuid(user) == 0;
  }
  ~ActingAs() {
    static_cast<void>(seteuid(user_));  // from the saved one, which cannot fail
    static_cast<void>(setegid(group_));
    if (user_ == 0) static_cast<void>(setgroups(groups_.size(), groups_.data()));
  }
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

  bool is_so() const { return is_so_; }

 private:
  /// What the groups of root may, the owner may not; others than root cannot leave theirs.
  bool leave_groups() {
    if (user_ != 0) return true;
    const int count = getgroups(0, nullptr);
    if (count < 0) return false;
    groups_.resize(static_cast<std::size_t>(count));
    return getgroups(count, groups_.data()) == count && setgroups(0, nullptr) == 0;
  }

  uid_t user_;
  gid_t group_;
  std::vector<gid_t> groups_;
  bool is_so_;
};

/// The state, moved aside first where it cannot be read.
Result<StateLog> open_in_any_case(const std::string& path) {
  auto log = StateLog::open(path);
  if (log || log.error().code != ErrorCode::invalid) return log;
  const std::string aside = path + ".damaged-" + format_time(SystemClock().wall());
  if (std::rename(path.c_str(), aside.c_str()) != 0) return file_error("cannot move aside", path, errno);
  return StateLog::open(path);
}

/// The state, which says `panic` now and stays locked as long as it is held.
Result<StateLog> disarm(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  struct stat status = {};
  if (stat(folder.empty() ? "." : folder.c_str(), &status) != 0)
    return file_error("cannot look at", folder, errno);
  const ActingAs owner(status.st_uid, status.st_gid);
  if (!owner.is_so()) return file_error("cannot become the owner of", folder, errno);
  TRY(StateLog log, open_in_any_case(path));
  TRY_OK(log.append({.kind = StateRecord::Kind::panic}));
  return log;
}

}  // namespace

Status panic_directly(const std::function<std::string()>& find_state, BlockTable& table) {
  const Status dropped = table.drop();
  auto log = disarm(find_state());
  if (!log)
    return std::move(log).error().within(std::string(dropped ? "everybody is let go" : "nobody is let go") +
                                         ", but the state does not say so; end the process that holds it, if "
                                         "there is one, and say panic again");
  // Again, behind whoever made the table meanwhile: nobody does any more.
  Status gone = table.drop();
  return gone ? gone : Status(std::move(gone).error().within("the state is disarmed, but the table stays"));
}

}  // namespace alarum::enforcer
