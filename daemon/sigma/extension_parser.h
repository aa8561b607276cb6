#pragma once

#include "config/diagnostic.h"
#include "config/yaml_source.h"
#include "daemon/sigma/rule.h"

namespace alarum::sigma {

/// Reads what is ours in a rule: the mapping under `alarum:`. Here an unknown key is an error, since nobody
/// else defines keys in it. Problems go to `diagnostics`; `fields` gains the fields of `entities:`.
Extension parse_extension(const YamlNode& node, FieldTable& fields, Diagnostics& diagnostics);

}  // namespace alarum::sigma
