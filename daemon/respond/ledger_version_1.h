#pragma once

#include <span>

namespace alarum {

/// The SQL that makes a ledger of version 1 of an empty file, in its order: tables, and what keeps them
/// whole.
std::span<const char* const> ledger_version_1();

}  // namespace alarum
