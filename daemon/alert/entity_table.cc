#include "daemon/alert/entity_table.h"

#include "daemon/base/ip_address.h"

#include <algorithm>
#include <array>

namespace alarum {
namespace {

struct Definition {
  std::string_view product;
  std::string_view category;
  std::string_view type;
  std::string_view field;
};

/// Field names of the taxonomy appendix and of the products' own logs; the types are ECS field names.
constexpr std::array definitions = {
    Definition{"windows", "", "host.name", "Computer"},
    Definition{"windows", "", "user.name", "User"},
    Definition{"windows", "", "user.name", "TargetUserName"},
    Definition{"windows", "", "user.name", "SubjectUserName"},
    Definition{"windows", "", "source.ip", "SourceIp"},
    Definition{"windows", "", "source.ip", "IpAddress"},
    Definition{"windows", "", "destination.ip", "DestinationIp"},
    Definition{"linux", "", "host.name", "Computer"},
    Definition{"linux", "", "host.name", "hostname"},
    Definition{"linux", "", "user.name", "User"},
    Definition{"linux", "", "source.ip", "SourceIp"},
    Definition{"linux", "", "destination.ip", "DestinationIp"},
    Definition{"", "webserver", "host.name", "s-computername"},
    Definition{"", "webserver", "user.name", "cs-username"},
    Definition{"", "webserver", "source.ip", "c-ip"},
    Definition{"", "webserver", "destination.ip", "s-ip"},
    Definition{"", "webserver", "url.domain", "cs-host"},
    Definition{"", "proxy", "user.name", "cs-username"},
    Definition{"", "proxy", "source.ip", "src_ip"},
    Definition{"", "firewall", "source.ip", "src_ip"},
    Definition{"", "firewall", "destination.ip", "dst_ip"},
    Definition{"aws", "", "user.name", "userIdentity.arn"},
    Definition{"aws", "", "source.ip", "sourceIPAddress"},
    Definition{"zeek", "", "source.ip", "id.orig_h"},
    Definition{"zeek", "", "destination.ip", "id.resp_h"},
    Definition{"", "", "host.name", "host.name"},
    Definition{"", "", "user.name", "user.name"},
    Definition{"", "", "source.ip", "source.ip"},
    Definition{"", "", "destination.ip", "destination.ip"},
};

}  // namespace

EntityTable::EntityTable(FieldTable& fields) {
  for (const Definition& row : definitions) {
    rows_.push_back({row.product, row.category, {row.type, fields.intern(row.field)}});
  }
}

std::vector<EntityTable::Column> EntityTable::columns_for(const LogSource& log_source) const {
  std::vector<Column> out;
  for (const Row& row : rows_) {
    const bool fits = (row.product.empty() || row.product == log_source.product) &&
                      (row.category.empty() || row.category == log_source.category);
    if (fits) out.push_back(row.column);
  }
  return out;
}

std::vector<FieldId> EntityTable::fields_of(std::string_view type, const EventClass& event_class) const {
  std::vector<FieldId> out;
  for (const Row& row : rows_) {
    const LogSource wanted{std::string(row.product), std::string(row.category), ""};
    if (row.column.type == type && event_class.satisfies(wanted)) out.push_back(row.column.field);
  }
  return out;
}

void append_entities(std::string_view type, FieldId field, FieldReader& event, std::vector<Entity>& out) {
  for (const FieldValue& value : event.values(field)) {
    if (value.kind == FieldValue::Kind::object || value.text.empty() || value.text == "-") continue;
    if (type.ends_with(".ip") && !IpAddress::parse(value.text)) continue;
    Entity entity{std::string(type), std::string(value.text)};
    if (std::find(out.begin(), out.end(), entity) == out.end()) out.push_back(std::move(entity));
  }
}

}  // namespace alarum
