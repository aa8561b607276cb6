#include "tests/bench/yardstick.h"

#include "daemon/base/ensure.h"

#include <simdjson.h>

namespace alarum::bench {
namespace {

constexpr std::size_t batch_bytes = 1U << 20U;

/// Takes the lengths of everything seen, so that nothing is optimised away.
class Walker {
 public:
  void walk(simdjson::ondemand::value value) {
    switch (value.type()) {
      case simdjson::ondemand::json_type::object: walk_members(value.get_object()); break;
      case simdjson::ondemand::json_type::array:
        for (auto item : value.get_array()) walk(item.value());
        break;
      case simdjson::ondemand::json_type::string: bytes_ += value.get_string().value().size(); break;
      default: bytes_ += value.raw_json_token().size(); break;
    }
  }

  void walk_members(simdjson::ondemand::object object) {
    for (auto field : object) {
      bytes_ += field.unescaped_key().value().size();
      walk(field.value());
    }
  }

  std::uint64_t bytes() const { return bytes_; }

 private:
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::uint64_t walk_json(const Corpus& corpus) {
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document_stream stream;
  const auto error = parser.iterate_many(corpus.bytes.data(), corpus.size, batch_bytes).get(stream);
  ENSURE(error == simdjson::SUCCESS, "the corpus is JSON");
  Walker walker;
  std::uint64_t count = 0;
  for (auto document : stream) {
    walker.walk_members(document.get_object());
    ++count;
  }
  ENSURE(walker.bytes() > 0, "the walk saw something");
  return count;
}

}  // namespace alarum::bench
