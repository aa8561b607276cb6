#pragma once

#include "daemon/base/result.h"
#include "daemon/event/record.h"

#include <string>
#include <vector>

namespace alarum::bench {

/// The records of a file, unpacked and in memory: what every row works on, so that none pays for reading.
struct Corpus {
  std::string bytes;  ///< all records, one a line, with room behind them for simdjson to look ahead
  std::size_t size = 0;
  std::vector<Record> records;  ///< views of `bytes`

  Corpus() = default;
  Corpus(const Corpus&) = delete;  // its records refer to it
  Corpus& operator=(const Corpus&) = delete;
};

/// Reads the file into `out`; of more than `records_max` records only the first.
Status read_corpus(const std::string& path, std::size_t records_max, Corpus& out);

}  // namespace alarum::bench
