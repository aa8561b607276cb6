#pragma once

#include "responders/responder_kinds.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace alarum::test {

/// A folder with configuration files, and what is loaded from it.
class ConfigFolder {
 public:
  ConfigFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "alarum_config_XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ConfigFolder(const ConfigFolder&) = delete;
  ConfigFolder& operator=(const ConfigFolder&) = delete;
  ~ConfigFolder() { std::filesystem::remove_all(path_); }

  ConfigFolder& write(const std::string& name, std::string_view text) {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
    return *this;
  }

  LoadedConfig load(const std::vector<std::string>& environment = {}) const {
    return load_config(path("alarum.yaml"), environment, alarum_options());
  }

  std::string path(const std::string& name) const { return (path_ / name).string(); }

  /// One line for each problem, with paths from this folder: `alarum.yaml:1:2 reason: message (hint)`.
  std::string problems(const std::vector<std::string>& environment = {}) const {
    return told(load(environment).problems);
  }

  std::string told(const std::vector<Diagnostic>& problems) const {
    std::string out;
    for (const Diagnostic& problem : problems) {
      out += problem.file + ":" + std::to_string(problem.position.line);
      out += ":" + std::to_string(problem.position.column);
      out += " " + std::string(problem.reason) + ": " + problem.message;
      out += (problem.hint.empty() ? "" : " (" + problem.hint + ")") + "\n";
    }
    const std::string folder = path("");
    for (std::size_t at = 0; (at = out.find(folder, at)) != std::string::npos;) out.erase(at, folder.size());
    return out;
  }

 private:
  std::filesystem::path path_;
};

/// The problems of a main file with this text.
inline std::string config_problems(std::string_view text) {
  return ConfigFolder().write("alarum.yaml", text).problems();
}

/// What a main file with this text says; it has no problems.
inline DaemonConfig config_of(std::string_view text) {
  const LoadedConfig loaded = ConfigFolder().write("alarum.yaml", text).load();
  for (const Diagnostic& problem : loaded.problems) UNSCOPED_INFO(problem.to_text());
  REQUIRE(loaded.problems.empty());
  return loaded.config;
}

}  // namespace alarum::test
