#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/writer_queue.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// The wall around SQLite: a connection, its prepared statements and transactions. SQL is a constant of ours;
/// what events, people and brokers said reaches it as bound values only. One thread for each connection.
namespace alarum {

/// What a `?` of a statement stands for: a text with all its bytes, a whole number, a time or nothing.
class LedgerValue {
 public:
  LedgerValue(std::string_view text) : value_(text) {}                      // NOLINT: implicit on purpose
  LedgerValue(const char* text) : value_(std::string_view(text)) {}         // NOLINT: implicit on purpose
  LedgerValue(const std::string& text) : value_(std::string_view(text)) {}  // NOLINT: implicit on purpose
  LedgerValue(std::int64_t number) : value_(number) {}                      // NOLINT: implicit on purpose
  LedgerValue(Timestamp time) : value_(time.microseconds) {}                // NOLINT: implicit on purpose
  LedgerValue(std::nullopt_t) {}                                            // NOLINT: implicit on purpose
  LedgerValue(std::optional<Timestamp> time) {                              // NOLINT: implicit on purpose
    if (time) value_ = time->microseconds;
  }

  /// As it is bound; a view whose text the caller keeps.
  const std::variant<std::monostate, std::int64_t, std::string_view>& value() const { return value_; }

 private:
  std::variant<std::monostate, std::int64_t, std::string_view> value_;
};

/// The values of a statement, from its first `?` on.
using LedgerValues = std::initializer_list<LedgerValue>;

/// A prepared statement; its end gives it back to the connection, for whoever wants the same one next. Lives
/// no longer than that.
class LedgerStatement {
 public:
  ~LedgerStatement();
  LedgerStatement(LedgerStatement&&) noexcept;
  LedgerStatement& operator=(LedgerStatement&&) noexcept;

  /// Runs it to its end with these values; rows are of no interest.
  Status run(LedgerValues values);

  /// Begins to run it with these values: `next` gives the rows.
  Status start(LedgerValues values);
  /// Whether there is one more row, which is the current one then. At the end nothing is held any more.
  Result<bool> next();
  /// Lets go of the rows that are left.
  void end();

  /// Columns of the current row, from 0; of nothing an empty text, 0 or nothing.
  std::string text(int column) const;
  std::int64_t number(int column) const;
  std::optional<std::int64_t> number_or_nothing(int column) const;
  std::optional<Timestamp> time(int column) const;

 private:
  friend class LedgerDatabase;
  struct Impl;
  explicit LedgerStatement(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// One connection to the ledger's file.
class LedgerDatabase {
 public:
  /// `write` makes the file where there is none, for its owner alone, and brings it to our schema. `read`
  /// never writes a byte.
  enum class Access { write, read };

  /// Opens the file at `path`. A transaction waits at most `patience` for that of another connection. The
  /// error names the path and says why not: no permission (`io`), no database, one of a later version of ours
  /// (`unsupported`). The same holds for every error of it: `unsupported` says that the file is damaged,
  /// `limit` that another connection has it for longer than the patience, and `invalid` that what was to be
  /// written breaks a rule of the schema.
  static Result<std::unique_ptr<LedgerDatabase>> open(const std::string& path, Access access,
                                                      Duration patience);
  ~LedgerDatabase();
  LedgerDatabase(const LedgerDatabase&) = delete;
  LedgerDatabase& operator=(const LedgerDatabase&) = delete;

  /// From now on a transaction waits at most this long for that of another connection.
  void set_patience(Duration patience);

  /// As messages call it: `the ledger /var/lib/alarum/ledger.db`.
  std::string name() const;

  /// Runs statements that have no values and whose rows are of no interest.
  Status run(const std::string& sql);
  /// Compiles one statement, unless one that is compiled is free. The error is a mistake of ours, or a file
  /// that is not what it was.
  Result<LedgerStatement> prepare(std::string_view sql);
  /// Prepares a statement and runs it to its end.
  Status run(std::string_view sql, LedgerValues values);
  /// Prepares a statement and runs it to its end; how many rows it has changed.
  Result<std::int64_t> change(std::string_view sql, LedgerValues values);
  /// Prepares a statement and begins to run it: `next` gives the rows.
  Result<LedgerStatement> rows(std::string_view sql, LedgerValues values);
  /// The number that a statement gives; 0 where there is no row.
  Result<std::int64_t> number(std::string_view sql, LedgerValues values = {});
  /// A number that changes when another connection has changed the file.
  Result<std::int64_t> version_of_others() { return number("PRAGMA data_version"); }

 private:
  friend class LedgerStatement;
  friend class LedgerTransaction;
  Result<WriterTurn> wait_for_turn();
  struct Impl;
  explicit LedgerDatabase(std::unique_ptr<Impl> impl);
  Status use_write_ahead_log();
  std::unique_ptr<Impl> impl_;
};

/// Everything from its beginning to `commit`, or nothing of it.
class LedgerTransaction {
 public:
  /// Begins one that writes: no other can until it ends.
  static Result<LedgerTransaction> begin(LedgerDatabase& database);
  /// Begins one that reads: all that it reads is of one moment. It waits for nobody, and nobody for it.
  static Result<LedgerTransaction> begin_reading(LedgerDatabase& database);
  /// What was not committed has not happened.
  ~LedgerTransaction();
  LedgerTransaction(LedgerTransaction&& other) noexcept
      : database_(std::exchange(other.database_, nullptr)), turn_(std::move(other.turn_)) {}
  LedgerTransaction& operator=(LedgerTransaction&&) = delete;

  /// On the disk for good when it returns without an error. After one perhaps nothing of it is, perhaps all,
  /// where the disk failed behind the commit: whoever goes on has to stand both.
  Status commit();

 private:
  LedgerTransaction(LedgerDatabase& database, WriterTurn turn)
      : database_(&database), turn_(std::move(turn)) {}
  LedgerDatabase* database_;  // null once it has ended
  WriterTurn turn_;
};

}  // namespace alarum
