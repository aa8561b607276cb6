#pragma once

#include "daemon/base/json_writer.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/ledger_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

/// How lists are read from the ledger, a page at a time.
namespace alarum {

/// How much of an answer these texts take: escaped, a byte that somebody chose takes up to six.
inline std::size_t json_bytes(std::initializer_list<std::string_view> texts) {
  std::string out;
  JsonWriter json(out);
  for (const std::string_view text : texts) json.text(text);
  return out.size();
}

/// Rows of `sql` with these values, as `make` sees them, until the page is full, with `bytes_of` saying how
/// much of it one takes: what does not fit is not read.
template <class Item, class Make, class BytesOf>
Result<LedgerList<Item>> ledger_rows(LedgerDatabase& database, std::string_view sql, LedgerValues values,
                                     LedgerPage page, Make make, BytesOf bytes_of) {
  TRY(LedgerStatement statement, database.prepare(sql));
  TRY_OK(statement.start(values));
  LedgerList<Item> out;
  std::size_t bytes = 0;
  for (;;) {
    TRY(const bool has_row, statement.next());
    if (!has_row) return out;
    out.is_cut = out.items.size() == page.items || (bytes >= page.bytes && !out.items.empty());
    if (out.is_cut) return out;
    out.items.push_back(make(statement));
    bytes += bytes_of(out.items.back());
  }
}

/// The number that a page of rows, the newest first, stays below.
inline std::int64_t ledger_bound(std::int64_t before) {
  return before > 0 ? before : std::numeric_limits<std::int64_t>::max();
}

/// What an index has in its order is read to the end of a page; a limit says so to whoever plans the query.
inline std::int64_t one_more(LedgerPage page) { return static_cast<std::int64_t>(page.items) + 1; }

}  // namespace alarum
