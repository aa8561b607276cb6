#include "daemon/pipeline/dead_letter.h"

#include "daemon/base/base64.h"
#include "daemon/base/json_writer.h"
#include "daemon/base/time.h"

namespace alarum {

std::string dead_letter_json(const Coordinates& coordinates, std::string_view reason,
                             std::string_view bytes) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.dead_letter/1");
  json.key("source").text(coordinates.source).key("topic").text(coordinates.topic);
  json.key("partition").number(coordinates.partition).key("offset").number(coordinates.offset);
  json.key("timestamp");
  if (coordinates.timestamp) {
    json.text(format_time(*coordinates.timestamp));
  } else {
    json.null();
  }
  json.key("reason").text(reason).key("size").number(static_cast<std::int64_t>(bytes.size()));
  json.key("bytes_base64").text(base64(bytes.substr(0, dead_letter_bytes_max)));
  json.key("cut").boolean(bytes.size() > dead_letter_bytes_max).end_object();
  return out;
}

std::string dead_letter_key(const Coordinates& coordinates) {
  std::string out;
  out.append(coordinates.source).append("/").append(coordinates.topic);
  out.append("/").append(std::to_string(coordinates.partition));
  return out.append("/").append(std::to_string(coordinates.offset));
}

}  // namespace alarum
