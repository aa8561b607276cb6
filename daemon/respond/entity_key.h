#pragma once

#include "daemon/alert/alert.h"

#include <cstddef>
#include <string>

namespace alarum {

/// How much of an entity's value the ledger keeps beside the alert; its JSON has all of it.
inline constexpr std::size_t entity_value_bytes_max = 1024;

/// By what an entity is compared with others of its type. Two spellings of one thing are one: addresses in
/// their canonical form (`::ffff:192.0.2.1` is `192.0.2.1`), hosts and users without regard to case. Of a
/// value that is too long the beginning and a digest of the whole.
std::string entity_key(const Entity& entity);

/// Its value as people are shown it: cut, with `…` where that was, if it is too long.
std::string shown_value(const std::string& value);

/// Whether the text is an address that stands for no particular host: loopback, or unspecified.
bool is_address_of_nobody(const std::string& text);

}  // namespace alarum
