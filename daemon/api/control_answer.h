#pragma once

#include "daemon/base/json_writer.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/ledger_reader.h"

#include <optional>
#include <string>
#include <string_view>

/// What answers of the control socket have in common (docs/reference/control.md).
namespace alarum {

/// The `reason` of a refusal for an error of the ledger.
inline std::string_view reason_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::io:
    case ErrorCode::limit:
    case ErrorCode::unsupported: return "unavailable";
    case ErrorCode::invalid: break;
  }
  return "invalid";
}

/// The list `key`, each of its items as `write` writes it.
template <class Item, class Write>
void write_list(JsonWriter& json, std::string_view key, const LedgerList<Item>& list, Write write) {
  json.key(key).begin_array();
  for (const Item& item : list.items) write(json, item);
  json.end_array();
}

/// The number before which the next page begins, given the last item of this one; null where there is none.
template <class Item>
void write_next(JsonWriter& json, std::string_view key, const LedgerList<Item>& list, const Item* last) {
  json.key(key);
  if (list.is_cut && last != nullptr) {
    json.number(last->number);
  } else {
    json.null();
  }
}

/// The last item of a page whose newest comes first, or last; null of none.
template <class Item>
const Item* newest_first_end(const LedgerList<Item>& list) {
  return list.items.empty() ? nullptr : &list.items.back();
}
template <class Item>
const Item* oldest_first_end(const LedgerList<Item>& list) {
  return list.items.empty() ? nullptr : &list.items.front();
}

/// A time, or null.
inline void write_time(JsonWriter& json, std::string_view key, std::optional<Timestamp> time) {
  json.key(key);
  time ? json.text(format_time(*time)) : json.null();
}

/// A text, or null where it is empty.
inline void write_text_or_null(JsonWriter& json, std::string_view key, const std::string& text) {
  json.key(key);
  text.empty() ? json.null() : json.text(text);
}

/// Who did something, by name and number; null for the daemon by itself.
inline void write_who(JsonWriter& json, const std::string& who, std::optional<std::int64_t> uid) {
  json.key("who").text(who).key("who_uid");
  uid ? json.number(*uid) : json.null();
}

}  // namespace alarum
