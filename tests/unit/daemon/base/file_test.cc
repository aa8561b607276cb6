#include "daemon/base/file.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace alarum {
namespace {

class FolderWorld {
 public:
  FolderWorld() { std::filesystem::create_directories(folder_ / "inner"); }
  FolderWorld(const FolderWorld&) = delete;
  FolderWorld& operator=(const FolderWorld&) = delete;
  ~FolderWorld() { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name) << text;
    return path(name);
  }
  std::string path(const std::string& name = {}) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("alarum-file-test-" + std::to_string(getpid()));
};

TEST_CASE("a file is read whole, or as much of it as is allowed") {
  const FolderWorld world;
  const std::string large(300000, 'x');

  CHECK(*read_file(world.write("a", "text"), 100) == "text");
  CHECK(read_file(world.write("empty", ""), 100)->empty());
  CHECK(*read_file(world.write("large", large), 1 << 20) == large);
  CHECK(*read_file(world.path("large"), 70000) == large.substr(0, 70000));
}

TEST_CASE("what cannot be read says which file and why") {
  const FolderWorld world;
  const auto gone = read_file(world.path("gone"), 100);
  const auto folder = read_file(world.path("inner"), 100);

  CHECK(gone.error().code == ErrorCode::not_found);
  CHECK(gone.error().message == "cannot read '" + world.path("gone") + "': No such file or directory");
  CHECK(folder.error().message == "cannot read '" + world.path("inner") + "': Is a directory");
}

TEST_CASE("the files of a folder are listed in order, with or without those below") {
  const FolderWorld world;
  const std::string b = world.write("b", "");
  const std::string a = world.write("a", "");
  const std::string c = world.write("inner/c", "");

  CHECK(*list_files(world.path(), Depth::folder) == std::vector<std::string>{a, b});
  CHECK(*list_files(world.path(), Depth::tree) == std::vector<std::string>{a, b, c});
  CHECK_FALSE(list_files(world.path("gone"), Depth::tree));
}

TEST_CASE("a tree is listed with the folders that links lead to, each once") {
  const FolderWorld world;
  const std::string c = world.write("inner/c", "");
  std::filesystem::create_directory_symlink("..", world.path("inner/up"));
  std::filesystem::create_directory_symlink("inner", world.path("zlink"));

  CHECK(list_tree(world.path()).files == std::vector<std::string>{c});
  CHECK(list_tree(world.path()).unlisted.empty());
}

TEST_CASE("a folder of a tree that cannot be listed is named, and the rest is listed") {
  const FolderWorld world;
  const std::string a = world.write("a", "");
  std::filesystem::permissions(world.path("inner"), std::filesystem::perms::none);
  const FileTree tree = list_tree(world.path());
  std::filesystem::permissions(world.path("inner"), std::filesystem::perms::owner_all);

  CHECK(tree.files == std::vector<std::string>{a});
  if (geteuid() != 0) {  // root may list everything
    REQUIRE(tree.unlisted.size() == 1);
    CHECK(tree.unlisted.front().folder == world.path("inner"));
  }
  REQUIRE(list_tree(world.path("gone")).unlisted.size() == 1);
  CHECK(list_tree(world.path("gone")).unlisted.front().message ==
        "cannot list '" + world.path("gone") + "': No such file or directory");
}

Result<int> half(int number) {
  if (number % 2 != 0) return Error{ErrorCode::invalid, std::to_string(number) + " is odd"};
  return number / 2;
}

Status check_small(int number) {
  if (number > 100) return Error{ErrorCode::limit, std::to_string(number) + " is large"};
  return {};
}

Result<int> quarter(int number) {
  TRY_OK(check_small(number));
  TRY(const int once, half(number));
  TRY(const int twice, half(once));
  return twice;
}

TEST_CASE("TRY goes on with the value or returns the error") {
  CHECK(*quarter(8) == 2);
  CHECK(quarter(6).error().message == "3 is odd");
  CHECK(quarter(200).error().code == ErrorCode::limit);
  CHECK(quarter(6).error().message != quarter(200).error().message);
}

TEST_CASE("an error gains its context on the way out") {
  CHECK(half(3).error().within("a.yml").within("rules").message == "rules: a.yml: 3 is odd");
}

}  // namespace
}  // namespace alarum
