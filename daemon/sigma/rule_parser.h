#pragma once

#include "config/diagnostic.h"
#include "config/yaml_source.h"
#include "daemon/sigma/rule.h"

#include <optional>
#include <string_view>

namespace alarum::sigma {

/// What a YAML document is, told by its keys.
enum class DocumentKind { none, detection, correlation, filter, baseline };

/// `none` where the document has no key that makes it a rule: other YAML may lie beside rules.
DocumentKind document_kind(const YamlNode& root);
std::string_view kind_name(DocumentKind kind);

/// Reads a document with `detection` (rules specification, Components). Nothing where it has errors, which
/// are in `diagnostics` then, all of them. `fields` gains every field it names. `revision` is set by the
/// caller.
std::optional<Rule> parse_rule(const YamlNode& root, FieldTable& fields, Diagnostics& diagnostics);

}  // namespace alarum::sigma
