#pragma once

#include "config/section_value.h"
#include "daemon/base/result.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Secrets stand in files of their own, never in a configuration and never in what we print.
namespace alarum {

/// Properties of a library, in the order of the configuration.
using Properties = std::vector<std::pair<std::string, std::string>>;

/// Whether the files that hold secrets are read. Only who connects somewhere needs them, and often nobody
/// else may read them.
enum class Secrets { read, leave };

/// Reads the secrets of one configuration.
class SecretFiles {
 public:
  /// `environment` may hold CREDENTIALS_DIRECTORY (systemd's LoadCredential=), where relative paths begin
  /// then.
  SecretFiles(Secrets secrets, std::span<const std::string> environment);

  /// `properties` of the section, then those whose texts are in `properties_files`. A file that cannot be
  /// read is reported at its key.
  Properties properties_of(const SectionValue& section) const;

  /// The texts in the files that `key` of the section names, a path or a list of them. Nothing where one
  /// cannot be read, which is reported at the key, and where secrets are left.
  std::optional<std::vector<std::string>> texts_of(const SectionValue& section, std::string_view key) const;

  /// A digest of what stands in these files now, to be compared with a later one; empty where secrets are
  /// left. A file that cannot be read is as good as an empty one: who needs it says what is wrong.
  std::string digest_of(const std::vector<std::string>& paths) const;

  /// Whether secrets are read: where they are not, nothing is known of them, and nothing is wrong.
  bool are_read() const { return secrets_ == Secrets::read; }

 private:
  Result<std::string> text_of(const std::string& path) const;
  std::string path_of(const std::string& path) const;

  Secrets secrets_;
  std::string folder_;
};

/// A line of a configuration with the same width, but what may be a secret behind a key replaced by `*`.
std::string without_secrets(std::string line);

}  // namespace alarum
