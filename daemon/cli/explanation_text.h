#pragma once

#include "daemon/base/json_writer.h"
#include "daemon/cli/terminal.h"
#include "daemon/sigma/explanation.h"

#include <string>

namespace alarum::cli {

/// How an explanation is laid out.
struct ExplanationStyle {
  bool only_true = false;  ///< leave out the parts that do not hold: why an alert fired
  std::size_t indent = 0;  ///< spaces before each line
};

/// The explanation as an indented tree, one part a line, with the values seen; safe for a terminal.
std::string to_text(const sigma::Explanation& explanation, const ExplanationStyle& style,
                    const Output& output);

/// The explanation as a JSON object {kind, label, verdict, seen, parts}.
void write_json(const sigma::Explanation& explanation, JsonWriter& json);

}  // namespace alarum::cli
