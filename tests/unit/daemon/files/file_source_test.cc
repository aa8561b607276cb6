#include "daemon/files/file_source.h"

#include "tests/unit/support/files_world.h"
#include "tests/unit/support/packed_files.h"

#include <catch2/catch.hpp>

namespace alarum {

using test::FilesWorld;
using test::Lines;
using test::many_records;

TEST_CASE("a plain file gives its records, with path and line as their place") {
  FilesWorld world;
  world.write("a.json", "{\"a\":1}\n\n{\n\"b\":2\n}\n{\"c\":3}");

  CHECK(world.read({"a.json"}) ==
        Lines{R"(a.json:0:{"a":1})", "a.json:2:{\n\"b\":2\n}", R"(a.json:5:{"c":3})"});
  CHECK(world.errors.empty());
}

TEST_CASE("a record of a file has the source's name, partition 0 and no timestamp") {
  FilesWorld world;
  world.write("a.json", "{}");
  FileSource source({world.path("a.json")}, {.name = "captures"});
  const auto batch = source.next();

  REQUIRE(batch.size() == 1);
  CHECK(batch[0].coordinates.source == "captures");
  CHECK(batch[0].coordinates.partition == 0);
  CHECK_FALSE(batch[0].coordinates.timestamp.has_value());
  CHECK(FileSource::Options().name == "replay");
}

TEST_CASE("a file that cannot be opened is an error and does not stop the rest") {
  FilesWorld world;
  world.write("a", "{}");
  std::filesystem::create_directory(world.path("folder"));

  CHECK(world.read({"missing", "folder", "a"}) == Lines{"a:0:{}"});
  REQUIRE(world.errors.size() == 2);
  CHECK(world.errors[0] == "cannot open 'missing': No such file or directory");
  CHECK(world.errors[1] == "'folder' is a folder; name the files in it");
}

TEST_CASE("the kind of error says whether a file is missing or a folder") {
  FilesWorld world;
  FileSource source({world.path("missing"), world.path("")}, {});
  CHECK(source.next().empty());

  REQUIRE(source.errors().size() == 2);
  CHECK(source.errors()[0].code == ErrorCode::not_found);
  CHECK(source.errors()[1].code == ErrorCode::invalid);
}

TEST_CASE("a file without records gives nothing") {
  FilesWorld world;
  world.write("empty", "");
  world.write("blank", "\n\n");
  world.write("empty.gz", test::gzip(""));

  CHECK(world.read({"empty", "blank", "empty.gz"}).empty());
  CHECK(world.errors.empty());
  CHECK(world.read({}).empty());
}

TEST_CASE("files are read in the order in which they are named, and again where named again") {
  FilesWorld world;
  world.write("a", "{\"a\":1}");
  world.write("b", "{\"b\":1}");

  CHECK(world.read({"b", "a", "b"}) == Lines{R"(b:0:{"b":1})", R"(a:0:{"a":1})", R"(b:0:{"b":1})"});
}

TEST_CASE("a batch holds records of one file, or one member, alone") {
  FilesWorld world;
  world.write("a", "{}\n{}\n{}");
  world.write("b.zip", test::Zip().add("x", "{}\n{}").add("y", "{}").bytes());

  world.read({"a", "b.zip", "a"});
  CHECK(world.batches == std::vector<std::size_t>{3, 2, 1, 3});
}

TEST_CASE("each file and member has a number, also where two have one name") {
  FilesWorld world;
  world.write("a", "{}\n{}");
  world.write("b.zip", test::Zip().add("x", "{}").add("x", "{}").bytes());

  world.read({"a", "a", "b.zip"});
  CHECK(world.members == std::vector<std::size_t>{1, 2, 3, 4});
}

TEST_CASE("a batch ends at its limit of bytes, and no record is lost between batches") {
  FilesWorld world;
  const std::string text = many_records(5000);
  world.write("a", text);

  const Lines found = world.read({"a"}, {.batch_records_max = 10, .batch_bytes_max = 64U << 10U});
  CHECK(world.batches.size() > 3);
  REQUIRE(found.size() == 5000);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!Catch::Matchers::StartsWith("a:" + std::to_string(i) + ":{\"n\":" + std::to_string(i) + ",")
             .match(found[i]))
      FAIL("record " << i << " is " << found[i]);
  }
}

TEST_CASE("a record over the limit is cut and marked, and costs no other") {
  FilesWorld world;
  world.write("a", "{\"a\":1}\n{\"a\":\"0123456789\"}\n{\"b\":2}\n");

  CHECK(world.read({"a"}, {.record_bytes_max = 8}) ==
        Lines{R"(a:0:{"a":1})", R"(a:1!{"a":"01)", R"(a:2:{"b":2})"});
}

TEST_CASE("progress counts bytes as they lie on the disk") {
  FilesWorld world;
  const std::string packed = test::gzip(many_records(2000));
  world.write("a.gz", packed);
  world.write("b", "{}\n");

  world.read({"a.gz", "b"});
  CHECK(world.progress.bytes_total == packed.size() + 3);
  CHECK(world.progress.bytes_read == packed.size() + 3);
}

TEST_CASE("the total is not known where a file is missing") {
  FilesWorld world;
  world.write("a", "{}");
  world.read({"a", "missing"});

  CHECK(world.progress.bytes_total == 0);
  CHECK(world.progress.bytes_read == 2);
}

}  // namespace alarum
