#pragma once

#include "daemon/base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// The bytes of a file that a person wrote, such as a rule or a configuration; of a longer one the first
/// `bytes_max`. The error names the path and what the system said; a folder is an error too.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

/// Gives the file at `path` these bytes, on the disk for good: whoever reads it sees the old ones or the new
/// ones, whatever happens meanwhile. The error names the path and what the system said.
Status replace_file(const std::string& path, std::string_view bytes);

/// How far below a folder files are looked for.
enum class Depth { folder, tree };

/// The paths of the files in a folder, sorted, so that their order does not depend on the disk. The error
/// names the folder.
Result<std::vector<std::string>> list_files(const std::string& folder, Depth depth);

/// What stands below a folder: its files, sorted, and the folders that could not be listed.
struct FileTree {
  struct Unlisted {
    std::string folder;
    std::string message;
  };
  std::vector<std::string> files;
  std::vector<Unlisted> unlisted;
};

/// The files of a folder and of all folders below it, also of those that links lead to; each folder once,
/// however many links lead there, so that loops end. What cannot be listed does not stop the rest.
FileTree list_tree(const std::string& folder);

}  // namespace alarum
