#include "config/yaml_writer.h"

#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

namespace alarum {

std::string yaml_scalar(std::string_view text) {
  YAML::Emitter out;
  out << std::string(text);
  return out.c_str();
}

std::string yaml_list(std::span<const std::string_view> texts) {
  YAML::Emitter out;
  out << YAML::Flow << YAML::BeginSeq;
  for (const std::string_view text : texts) out << std::string(text);
  out << YAML::EndSeq;
  return out.c_str();
}

}  // namespace alarum
