#pragma once

#include "config/yaml_source.h"
#include "daemon/cli/terminal.h"

namespace alarum::cli {

/// Writes `status`, an object of schema `alarum.status/1`, for people. What it lacks is left out, so that a
/// daemon of another version can be asked too.
void write_status(const YamlNode& status, Output& output);

}  // namespace alarum::cli
