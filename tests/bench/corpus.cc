#include "tests/bench/corpus.h"

#include "daemon/files/file_source.h"

namespace alarum::bench {
namespace {

constexpr std::size_t room_behind = 64;  // simdjson's SIMDJSON_PADDING

}  // namespace

Status read_corpus(const std::string& path, std::size_t records_max, Corpus& out) {
  FileSource source({path}, {});
  std::vector<std::size_t> ends;
  for (auto batch = source.next(); !batch.empty() && ends.size() < records_max; batch = source.next()) {
    for (const Record& record : batch) {
      if (ends.size() == records_max) break;
      out.bytes.append(record.bytes).append("\n");
      ends.push_back(out.bytes.size());
    }
  }
  if (!source.errors().empty()) return source.errors().front();
  out.size = out.bytes.size();
  out.bytes.append(room_behind, '\0');
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    const auto line = static_cast<std::int64_t>(out.records.size());
    Record& record = out.records.emplace_back();
    record.coordinates = {"bench", "bench", 0, line, std::nullopt};
    record.bytes = std::string_view(out.bytes).substr(begin, end - begin - 1);
    begin = end;
  }
  return {};
}

}  // namespace alarum::bench
