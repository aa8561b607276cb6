// Records are hostile: whatever the bytes, decoding ends, stays inside them, and says the same twice.
#include "daemon/base/ensure.h"
#include "daemon/event/event_decoder.h"

#include <cstdint>

namespace alarum {
namespace {

/// What a decoder is bound to: made once, as in a plan.
struct World {
  FieldTable fields;
  FieldId image = fields.intern("Image");
  FieldId parent = fields.intern("ParentImage");
  FieldId nested = fields.intern("a.b");
  BoundFormat format = BoundFormat(*make_event_format("windows", fields), fields);
  EventDecoder decoder = EventDecoder(format, {.bytes_max = 1U << 20U, .depth_max = 50});
};

void check(std::string_view bytes) {
  static World world;
  Record record;
  record.bytes = bytes;
  const auto reason = world.decoder.decode(record, std::nullopt);
  if (reason) return;
  Event& event = world.decoder.event();
  const JsonDocument& document = event.document();
  for (const JsonField& field : document.fields) {
    ENSURE(field.first_value + field.value_count <= document.values.size(), "values of a field are there");
    ENSURE(event.read(field).size() == field.value_count, "each value can be read");
  }
  const std::size_t scalars = event.all_values().size();
  for (const FieldId field : {world.image, world.parent, world.nested}) {
    ENSURE(event.values(field).empty() || event.exists(field), "what has values exists");
  }
  ENSURE(!world.decoder.decode(record, std::nullopt), "a record that is an event stays one");
  ENSURE(world.decoder.event().all_values().size() == scalars, "decoding again gives the same values");
}

}  // namespace
}  // namespace alarum

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  alarum::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
