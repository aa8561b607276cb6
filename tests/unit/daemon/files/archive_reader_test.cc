#include "daemon/files/archive_reader.h"

#include "tests/unit/support/files_world.h"
#include "tests/unit/support/packed_files.h"

#include <catch2/catch.hpp>

namespace alarum {

using test::FilesWorld;
using test::Lines;
using test::many_records;

TEST_CASE("a compressed file reads like a plain one") {
  FilesWorld world;
  world.write("a.gz", test::gzip("{\"a\":1}\n{\"b\":2}\n"));
  world.write("a.zst", test::zstd("{\"a\":1}\n{\"b\":2}\n"));

  CHECK(world.read({"a.gz"}) == Lines{R"(a.gz:0:{"a":1})", R"(a.gz:1:{"b":2})"});
  CHECK(world.read({"a.zst"}) == Lines{R"(a.zst:0:{"a":1})", R"(a.zst:1:{"b":2})"});
  CHECK(world.errors.empty());
}

TEST_CASE("a compressed file of several blocks gives every record") {
  FilesWorld world;
  const std::string text = many_records(5000);
  world.write("plain", text);
  world.write("a.gz", test::gzip(text));
  world.write("a.zst", test::zstd(text));
  const std::size_t count = world.read({"plain"}).size();

  CHECK(count == 5000);
  CHECK(world.read({"a.gz"}).size() == count);
  CHECK(world.read({"a.zst"}).size() == count);
  CHECK(world.errors.empty());
}

TEST_CASE("compressed files one behind the other are one text") {
  FilesWorld world;
  world.write("a.gz", test::gzip("{\"a\":1}\n") + test::gzip("{\"b\":2}\n"));
  world.write("a.zst", test::zstd("{\"a\":1}\n") + test::zstd("{\"b\":2}\n"));

  CHECK(world.read({"a.gz"}) == Lines{R"(a.gz:0:{"a":1})", R"(a.gz:1:{"b":2})"});
  CHECK(world.read({"a.zst"}) == Lines{R"(a.zst:0:{"a":1})", R"(a.zst:1:{"b":2})"});
}

TEST_CASE("gzip in gzip is unpacked, but not without end") {
  FilesWorld world;
  std::string packed = "{\"a\":1}\n";
  for (int layers = 0; layers < 8; ++layers) packed = test::gzip(packed);
  world.write("8.gz", packed);
  world.write("9.gz", test::gzip(packed));

  CHECK(world.read({"8.gz", "9.gz"}) == Lines{R"(8.gz:0:{"a":1})"});
  CHECK(world.errors == Lines{"cannot read '9.gz' to its end: it is gzip in gzip, again and again"});
}

TEST_CASE("zeros behind a packed text are padding") {
  FilesWorld world;
  world.write("a.gz", test::gzip("{\"a\":1}\n") + std::string(100000, '\0'));
  world.write("a.bz2", std::string(test::bzip2_record) + std::string(100000, '\0'));

  CHECK(world.read({"a.gz", "a.bz2"}) == Lines{R"(a.gz:0:{"a":1})", R"(a.bz2:0:{"a":1})"});
  CHECK(world.errors.empty());
}

TEST_CASE("what a file is is told by its bytes and not by its name") {
  FilesWorld world;
  world.write("plain.gz", "{\"a\":1}\n");
  world.write("packed.json", test::gzip("{\"a\":1}\n"));

  CHECK(world.read({"plain.gz", "packed.json"}) ==
        Lines{R"(plain.gz:0:{"a":1})", R"(packed.json:0:{"a":1})"});
}

TEST_CASE("each file inside an archive is a topic of its own, with lines from 0") {
  FilesWorld world;
  world.write("a.zip", test::Zip().add("x.json", "\n{\"a\":1}\n").add("sub/y.json", "{\"b\":2}\n").bytes());
  world.write("a.tar", test::tar_entry("x.json", "\n{\"a\":1}\n") +
                           test::tar_entry("sub/y.json", "{\"b\":2}\n") + test::tar_end());

  CHECK(world.read({"a.zip"}) == Lines{R"(a.zip!x.json:1:{"a":1})", R"(a.zip!sub/y.json:0:{"b":2})"});
  CHECK(world.read({"a.tar"}) == Lines{R"(a.tar!x.json:1:{"a":1})", R"(a.tar!sub/y.json:0:{"b":2})"});
  CHECK(world.errors.empty());
}

TEST_CASE("members of one name in an archive have topics of their own, the same at every reading") {
  FilesWorld world;
  world.write("a.zip", test::Zip().add("x", "1").add("x#2", "2").add("x", "3").add("x", "4").bytes());
  const Lines expected = {"a.zip!x:0:1", "a.zip!x#2:0:2", "a.zip!x#3:0:3", "a.zip!x#4:0:4"};

  CHECK(world.read({"a.zip"}) == expected);
  CHECK(world.read({"a.zip", "a.zip"}).size() == 8);
  CHECK(world.read({"a.zip", "a.zip"})[4] == expected[0]);
}

TEST_CASE("an archive with too many members is read up to the limit") {
  FilesWorld world;
  world.write("a.zip", test::Zip().add("x", "1").add("y", "2").add("z", "3").bytes());
  world.write("b", "4");

  CHECK(world.read({"a.zip", "b"}, {.name_bytes_max = 150}) == Lines{"a.zip!x:0:1", "a.zip!y:0:2", "b:0:4"});
  CHECK(world.errors == Lines{"cannot read 'a.zip' to its end: it has too many members"});
}

TEST_CASE("a compressed archive is unpacked down to its files") {
  FilesWorld world;
  const std::string tar = test::tar_entry("sub/", "", '5') + test::tar_entry("sub/x.json", "{\"a\":1}\n") +
                          test::tar_entry("empty.json", "") + test::tar_end();
  world.write("a.tar.gz", test::gzip(tar));
  world.write("a.tar.zst", test::zstd(tar));

  CHECK(world.read({"a.tar.gz"}) == Lines{R"(a.tar.gz!sub/x.json:0:{"a":1})"});
  CHECK(world.read({"a.tar.zst"}) == Lines{R"(a.tar.zst!sub/x.json:0:{"a":1})"});
  CHECK(world.errors.empty());
}

TEST_CASE("the member of an archive that does not end its last line does not run into the next") {
  FilesWorld world;
  world.write("a.zip", test::Zip().add("x", "{\"a\":[").add("y", "1]}\n{}").bytes());

  CHECK(world.read({"a.zip"}) == Lines{R"(a.zip!x:0:{"a":[)", "a.zip!y:0:1]}", "a.zip!y:1:{}"});
}

TEST_CASE("a truncated file gives an error and the records before the block that is damaged") {
  constexpr std::size_t block_records_max = 128 * 1024 / 100 + 1;  // libarchive unpacks by 128 KiB at most
  FilesWorld world;
  const std::string whole = test::zstd(many_records(5000));
  world.write("a.zst", whole.substr(0, whole.size() - 1000));
  const Lines found = world.read({"a.zst"});

  CAPTURE(found.size());
  CHECK(found.size() >= 4990 - block_records_max);
  CHECK(found.size() <= 4991);
  REQUIRE(world.errors.size() == 1);
  CHECK_THAT(world.errors[0], Catch::StartsWith("cannot read 'a.zst' to its end: "));
}

TEST_CASE("gzip whose checksum or length is wrong is an error, behind the records") {
  FilesWorld world;
  std::string wrong_checksum = test::gzip("{\"a\":1}\n");
  std::string wrong_length = wrong_checksum;
  ++wrong_checksum[wrong_checksum.size() - 8];
  ++wrong_length[wrong_length.size() - 4];
  world.write("checksum.gz", wrong_checksum);
  world.write("length.gz", wrong_length);

  CHECK(world.read({"checksum.gz", "length.gz"}) ==
        Lines{R"(checksum.gz:0:{"a":1})", R"(length.gz:0:{"a":1})"});
  CHECK(world.errors ==
        Lines{"cannot read 'checksum.gz' to its end: the gzip data is damaged: incorrect data check",
              "cannot read 'length.gz' to its end: the gzip data is damaged: incorrect length check"});
}

TEST_CASE("a wrong checksum behind the end of an archive is an error") {
  FilesWorld world;
  std::string packed = test::gzip(test::tar_entry("x", "{\"a\":1}\n") + test::tar_end());
  ++packed[packed.size() - 8];
  world.write("a.tar.gz", packed);

  CHECK(world.read({"a.tar.gz"}) == Lines{R"(a.tar.gz!x:0:{"a":1})"});
  CHECK(world.errors.size() == 1);
}

TEST_CASE("a packed file that goes on with something else is an error, behind its records") {
  FilesWorld world;
  std::string damaged_gzip = test::gzip("{\"b\":2}\n");
  std::string damaged_bzip2(test::bzip2_record);
  ++damaged_gzip[0];
  ++damaged_bzip2[0];
  world.write("a.gz", test::gzip("{\"a\":1}\n") + damaged_gzip);
  world.write("a.bz2", std::string(test::bzip2_record) + damaged_bzip2);

  CHECK(world.read({"a.gz", "a.bz2"}) == Lines{R"(a.gz:0:{"a":1})", R"(a.bz2:0:{"a":1})"});
  CHECK(world.errors == Lines{"cannot read 'a.gz' to its end: the gzip data is damaged: what stands behind a "
                              "member is no other one",
                              "cannot read 'a.bz2' to its end: what stands behind its first 49 bytes is no "
                              "bzip2"});
}

TEST_CASE("of damaged gzip every record before the damage is read") {
  FilesWorld world;
  const std::string whole = test::gzip(many_records(5000));
  const std::size_t records = GENERATE(1U, 3U, 1000U, 4999U);
  world.write("a.gz", whole.substr(0, 10 + 5 * (records * 100 / 0xFFFF + 1) + records * 100 + 50));

  CAPTURE(records);
  CHECK(world.read({"a.gz"}).size() == records + 1);  // the last is cut off
  CHECK(world.errors == Lines{"cannot read 'a.gz' to its end: the gzip data is damaged: it ends too early"});
}

TEST_CASE("a truncated file does not stop those behind it") {
  FilesWorld world;
  const std::string name = GENERATE("a.gz", "a.zst");
  const std::string whole = name == "a.gz" ? test::gzip("{}\n{}\n") : test::zstd("{}\n{}\n");
  world.write("b", "{}");
  for (std::size_t size = 10; size < whole.size() - 8; ++size) {
    CAPTURE(name, size);
    world.write(name, whole.substr(0, size));
    CHECK(world.read({name, "b"}).back() == "b:0:{}");
    CHECK(world.errors.size() == 1);
  }
}

TEST_CASE("a truncated archive gives an error and the members before the damage") {
  FilesWorld world;
  const std::string tar = test::tar_entry("x", "{\"a\":1}\n") + test::tar_entry("y", many_records(50));
  world.write("a.tar", tar.substr(0, tar.size() - 1024));
  const Lines found = world.read({"a.tar"});

  REQUIRE_FALSE(found.empty());
  CHECK(found[0] == R"(a.tar!x:0:{"a":1})");
  CHECK(world.errors.size() == 1);
}

TEST_CASE("a damaged member of an archive is an error, behind its records, and does not stop the next") {
  FilesWorld world;
  std::string zip = test::Zip().add("x", "{\"a\":1}\n").add("y", "{\"b\":2}\n").bytes();
  zip.replace(zip.find("a\":1"), 1, "c");
  world.write("a.zip", zip);

  CHECK(world.read({"a.zip"}) == Lines{R"(a.zip!x:0:{"c":1})", R"(a.zip!y:0:{"b":2})"});
  REQUIRE(world.errors.size() == 1);
  CHECK_THAT(world.errors[0], Catch::StartsWith("cannot read 'a.zip!x' to its end: ZIP bad CRC"));
}

TEST_CASE("a member of a zip that cannot be unpacked does not stop those behind it") {
  FilesWorld world;
  test::Zip zip;
  zip.add("x", "{\"a\":1}\n");
  for (const char* const name : {"bad", "worse"}) zip.add_as(test::Zip::deflated, name, "\x07 no deflate");
  world.write("a.zip", zip.add("y", "{\"b\":2}\n").bytes());

  CHECK(world.read({"a.zip"}) == Lines{R"(a.zip!x:0:{"a":1})", R"(a.zip!y:0:{"b":2})"});
  CHECK(world.errors == Lines{"cannot read 'a.zip!bad' to its end: ZIP decompression failed (-3)",
                              "cannot read 'a.zip!worse' to its end: ZIP decompression failed (-3)"});
}

TEST_CASE("what is lost behind a damaged member is said") {
  FilesWorld world;
  const std::string tar = test::tar_entry("x", many_records(50));
  world.write("a.tar", tar.substr(0, tar.size() - 1024));
  world.read({"a.tar"});

  CHECK(world.errors ==
        Lines{"cannot read 'a.tar!x' to its end, nor what stands behind it: Truncated tar archive"});
}

TEST_CASE("a hole that nobody could mean is an error") {
  FilesWorld world;
  world.write("a.tar", test::sparse_tar_entry("x", "{}\n", 2'000'000'000, "{}") + test::tar_end());

  CHECK(world.read({"a.tar"}) == Lines{"a.tar!x:0:{}"});
  REQUIRE(world.errors.size() == 1);
  CHECK_THAT(world.errors[0], Catch::Contains("there is a hole of 2000000000 bytes in it"));
}

TEST_CASE("a hole in a file of an archive reads as the zeros that it stands for") {
  FilesWorld world;
  world.write("a.tar", test::sparse_tar_entry("x", "{}\n", 5000, "{\"b\":2}") + test::tar_end());
  const Lines found = world.read({"a.tar"});

  CHECK(world.errors.empty());
  REQUIRE(found.size() == 2);
  CHECK(found[0] == "a.tar!x:0:{}");
  CHECK(found[1] == "a.tar!x:1:" + std::string(5000, '\0') + "{\"b\":2}");
}

}  // namespace alarum
