// YAML is hostile: whatever the bytes, parsing ends, every node lies inside the file, every problem can be
// told.
#include "config/yaml_source.h"
#include "daemon/base/ensure.h"

#include <cstdint>

namespace alarum {
namespace {

void check(const SourceFile& file, const YamlNode& node, std::size_t depth) {
  ENSURE(node.start_offset <= node.end_offset && node.end_offset <= file.text.size(),
         "a node lies in its file");
  ENSURE(depth <= YamlLimits().depth_max, "depth is limited");
  if (node.is_scalar()) {
    static_cast<void>(node.as_number());
    const Position place = position_in_scalar(file, node, node.text.size() / 2);
    ENSURE(place.line >= node.start.line, "text of a scalar stands behind its start");
  }
  for (const YamlNode& item : node.items) check(file, item, depth + 1);
  for (const YamlMember& member : node.members) {
    check(file, member.key, depth + 1);
    check(file, member.value, depth + 1);
  }
}

}  // namespace
}  // namespace alarum

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const alarum::SourceFile file{"fuzz.yml", std::string(reinterpret_cast<const char*>(data), size)};
  alarum::Diagnostics diagnostics(file);
  std::size_t end = 0;
  for (const auto& document : parse_yaml(file, diagnostics)) {
    ENSURE(document.start_offset >= end && document.end_offset >= document.start_offset,
           "documents do not overlap");
    end = document.end_offset;
    alarum::check(file, document.root, 0);
  }
  for (const alarum::Diagnostic& problem : diagnostics.items())
    ENSURE(!problem.to_text().empty(), "problems have text");
  return 0;
}
