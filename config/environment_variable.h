#pragma once

#include "config/section_value.h"

#include <string>
#include <string_view>

/// Options in the environment: `state.path` is `ALARUM_STATE__PATH`. Lists of sections and mappings are too
/// much for one text, and are refused.
namespace alarum {

/// Whether a variable is meant for us: `ALARUM_` with `__` in it, or a key at the top (`ALARUM_WORKERS`).
bool is_setting_variable(const Section& root, std::string_view name);

/// Sets the option that variable `name` stands for. What is wrong goes to `diagnostics`, which must outlive
/// the settings.
void read_variable_into(SectionValue& root, std::string_view name, const std::string& text,
                        Diagnostics& diagnostics);

}  // namespace alarum
