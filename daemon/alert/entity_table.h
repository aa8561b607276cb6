#pragma once

#include "daemon/alert/alert.h"
#include "daemon/event/field_reader.h"
#include "daemon/event/log_source.h"

#include <string_view>
#include <vector>

namespace alarum {

/// Which fields of a log source name hosts, users and addresses. Made before events are bound to fields, then
/// immutable.
class EntityTable {
 public:
  /// The field that holds an entity of this type, such as `host.name`.
  struct Column {
    std::string_view type;
    FieldId field;
  };

  /// `fields` gains every field of the table.
  explicit EntityTable(FieldTable& fields);

  /// The columns for events that a rule with this log source sees, in order.
  std::vector<Column> columns_for(const LogSource& log_source) const;

  /// The fields that name an entity of `type` in events of this class, in order.
  std::vector<FieldId> fields_of(std::string_view type, const EventClass& event_class) const;

 private:
  struct Row {
    std::string_view product;   ///< empty: any
    std::string_view category;  ///< empty: any
    Column column;
  };
  std::vector<Row> rows_;
};

/// Appends the entities that the field names: empty text, `-`, and what is no address for a type that ends in
/// `.ip` name nobody. Several values give several entities; one that is there already is not added again.
void append_entities(std::string_view type, FieldId field, FieldReader& event, std::vector<Entity>& out);

}  // namespace alarum
