#pragma once

#include "config/diagnostic.h"
#include "config/yaml_source.h"
#include "daemon/sigma/rule.h"

namespace alarum::sigma {

/// Reads a rule's `detection:` into `rule.identifiers`, `rule.condition` and the detection's part of
/// `rule.fields` (rules specification, Detection and Condition). Problems go to `diagnostics`; after errors
/// the rule is useless. `fields` gains every field that is named.
void parse_detection(const YamlNode& detection, Rule& rule, FieldTable& fields, Diagnostics& diagnostics);

}  // namespace alarum::sigma
