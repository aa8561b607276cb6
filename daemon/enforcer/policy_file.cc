#include "daemon/enforcer/policy_file.h"

#include "daemon/base/policy_file.h"
#include "daemon/base/printable.h"

#include <utility>

namespace alarum::enforcer {

PolicyFile load_policy(const std::string& path) {
  auto text = read_policy_file(path);
  if (!text)
    return {.policy = std::nullopt, .complaints = {printable(text.error().message)}, .may_mend = false};
  LoadedPolicy loaded = parse_policy(path, *std::move(text));
  PolicyFile out;
  for (const Diagnostic& problem : loaded.problems) out.complaints.push_back(problem.to_text());
  out.may_mend = loaded.may_mend();
  if (loaded.is_sound()) out.policy = std::move(loaded.policy);
  return out;
}

}  // namespace alarum::enforcer
