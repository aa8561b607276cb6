// Files are cut into the same records whether they arrive at once or byte by byte, and no record is too long.
#include "daemon/base/ensure.h"
#include "daemon/files/record_splitter.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alarum;  // NOLINT: one function
  constexpr std::size_t bytes_max = 64;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<SplitRecord> at_once;
  RecordSplitter splitter(bytes_max);
  splitter.feed(text, at_once);
  splitter.finish(at_once);

  std::vector<SplitRecord> by_bytes;
  for (std::size_t i = 0; i < text.size(); ++i) splitter.feed(text.substr(i, 1), by_bytes);
  splitter.finish(by_bytes);

  ENSURE(at_once.size() == by_bytes.size(), "pieces do not matter");
  std::int64_t line = -1;
  for (std::size_t i = 0; i < at_once.size(); ++i) {
    ENSURE(at_once[i].bytes == by_bytes[i].bytes && at_once[i].line == by_bytes[i].line,
           "pieces do not matter");
    ENSURE(at_once[i].bytes.size() <= bytes_max && at_once[i].line > line, "records are short, and in order");
    line = at_once[i].line;
  }
  return 0;
}
