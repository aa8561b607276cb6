#pragma once

#include "config/diagnostic.h"
#include "config/yaml_source.h"
#include "daemon/event/field_table.h"
#include "daemon/sigma/explanation.h"
#include "daemon/sigma/rule.h"

#include <optional>
#include <string>

namespace alarum {

/// Reads the `when:` of a playbook: a Sigma selection, a list of them of which any has to hold, or named ones
/// with a `condition`. It means what it means in a rule, over the fields of alerts and incidents; besides,
/// levels and states have an order (`level|gte: medium`), and what is no field of ours is an error. Keywords
/// are, too: they would look into whatever an attacker wrote. The condition is kept as a rule's, with nothing
/// else in it. Tells `diagnostics` everything that is wrong, and gives nothing then. `fields` gains the
/// fields that it names.
std::optional<sigma::Rule> parse_when(const YamlNode& when, FieldTable& fields, Diagnostics& diagnostics);

/// Why the condition does not hold, in one line: the items that decided, with the values seen, as `level|gte
/// is 'low', tags is missing`. Cut, and safe for a terminal.
std::string why_not(const sigma::Explanation& explanation);

}  // namespace alarum
