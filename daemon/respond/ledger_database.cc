#include "daemon/respond/ledger_database.h"

#include "daemon/base/ensure.h"
#include "daemon/base/fault.h"
#include "daemon/base/string_map.h"
#include "daemon/respond/ledger_schema.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>
#include <vector>

namespace alarum {
namespace {

/// What has to hold of a connection before anything else. Full synchronisation: a commit is on the disk when
/// it is done, also after the power fails. A write-ahead log that grew in a storm is cut again.
constexpr const char* connection_settings =
    "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA synchronous = FULL;"
    "PRAGMA journal_size_limit = 67108864;";

/// Makes the file where there is none. By ourselves, since SQLite would ask the umask who may read what
/// events say. A file that is there is not opened here: to close it would end the locks that other
/// connections of this process hold on it, and a program that comes by would take itself for the last one and
/// remove the log in which we go on writing.
Status make_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) close(file);
  if (file >= 0 || errno == EEXIST) return {};
  return Error{ErrorCode::io, "cannot make the ledger " + path + ": " + std::strerror(errno)};
}

}  // namespace

/// The connection and the path that messages name.
struct LedgerDatabase::Impl {
  Impl() = default;
  ~Impl() {
    for (const auto& [sql, statements] : idle)
      std::for_each(statements.begin(), statements.end(), sqlite3_finalize);
    sqlite3_close(connection);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::string name() const { return "the ledger " + path; }

  Error failed() const {
    const std::string said = name() + ": " + sqlite3_errmsg(connection);
    switch (sqlite3_errcode(connection)) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED: return {ErrorCode::limit, said + ": it is busy, try again"};
      case SQLITE_CONSTRAINT: return {ErrorCode::invalid, said};
      case SQLITE_CORRUPT:
      case SQLITE_NOTADB: return {ErrorCode::unsupported, said};
      case SQLITE_CANTOPEN:
      case SQLITE_IOERR: {
        const int cause = sqlite3_system_errno(connection);
        return {ErrorCode::io, cause == 0 ? said : said + ": " + std::strerror(cause)};
      }
      default: return {ErrorCode::io, said};
    }
  }

  /// SQLite asks whether to try again after so many tries in vain: another process has the file, since those
  /// of this one wait in the queue. It would wait longer and longer by itself, up to 100 ms.
  static int wait_for_others(void* database, int tries) {
    constexpr std::chrono::milliseconds pause{1};
    if ((tries + 1) * pause > static_cast<Impl*>(database)->patience) return 0;
    sqlite3_sleep(static_cast<int>(pause.count()));
    return 1;
  }

  /// The text is a constant of ours, so there are not many.
  sqlite3_stmt* take_idle(std::string_view sql) {
    const auto found = idle.find(sql);
    if (found == idle.end() || found->second.empty()) return nullptr;
    sqlite3_stmt* const out = found->second.back();
    found->second.pop_back();
    return out;
  }

  void give_back(sqlite3_stmt* statement) {
    if (statement == nullptr) return;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    idle[sqlite3_sql(statement)].push_back(statement);
  }

  std::string path;
  Duration patience{0};
  std::shared_ptr<WriterQueue> queue;
  sqlite3* connection = nullptr;
  StringMap<std::vector<sqlite3_stmt*>> idle;  // compiled and not in use, by their text
};

/// The compiled statement, and the connection that says what is wrong.
struct LedgerStatement::Impl {
  explicit Impl(LedgerDatabase::Impl& database) : owner(database) {}
  ~Impl() { owner.give_back(statement); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  LedgerDatabase::Impl& owner;
  sqlite3_stmt* statement = nullptr;
};

LedgerStatement::LedgerStatement(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LedgerStatement::~LedgerStatement() = default;
LedgerStatement::LedgerStatement(LedgerStatement&&) noexcept = default;
LedgerStatement& LedgerStatement::operator=(LedgerStatement&&) noexcept = default;

Status LedgerStatement::start(LedgerValues values) {
  sqlite3_reset(impl_->statement);
  int index = 0;
  for (const LedgerValue& value : values) {
    ++index;
    int code = SQLITE_OK;
    if (const auto* const text = std::get_if<std::string_view>(&value.value())) {
      const char* const bytes = text->data() == nullptr ? "" : text->data();  // null would bind nothing
      code = sqlite3_bind_text64(impl_->statement, index, bytes, text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    } else if (const auto* const number = std::get_if<std::int64_t>(&value.value())) {
      code = sqlite3_bind_int64(impl_->statement, index, *number);
    } else {
      code = sqlite3_bind_null(impl_->statement, index);
    }
    if (code != SQLITE_OK) return impl_->owner.failed();
  }
  return {};
}

Result<bool> LedgerStatement::next() {
  const int code = sqlite3_step(impl_->statement);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(impl_->statement);
    return false;
  }
  Error out = impl_->owner.failed();
  sqlite3_reset(impl_->statement);
  return out;
}

void LedgerStatement::end() { sqlite3_reset(impl_->statement); }

Status LedgerStatement::run(LedgerValues values) {
  TRY_OK(start(values));
  for (;;) {
    TRY(const bool has_row, next());
    if (!has_row) return {};
  }
}

std::string LedgerStatement::text(int column) const {
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(impl_->statement, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(impl_->statement, column))};
}

std::int64_t LedgerStatement::number(int column) const {
  return sqlite3_column_int64(impl_->statement, column);
}

std::optional<std::int64_t> LedgerStatement::number_or_nothing(int column) const {
  if (sqlite3_column_type(impl_->statement, column) == SQLITE_NULL) return std::nullopt;
  return number(column);
}

std::optional<Timestamp> LedgerStatement::time(int column) const {
  const auto found = number_or_nothing(column);
  return found ? std::optional(Timestamp{*found}) : std::nullopt;
}

LedgerDatabase::LedgerDatabase(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LedgerDatabase::~LedgerDatabase() = default;

Result<std::unique_ptr<LedgerDatabase>> LedgerDatabase::open(const std::string& path, Access access,
                                                             Duration patience) {
  const bool is_writer = access == Access::write;
  if (path.empty() || path.starts_with(':') || path.starts_with("file:"))
    return Error{ErrorCode::invalid, "the ledger '" + path + "' would be in memory only; set ledger.path"};
  if (is_writer) TRY_OK(make_file(path));
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->patience = patience;
  impl->queue = WriterQueue::of(path);
  const int flags = (is_writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &impl->connection, flags, nullptr) != SQLITE_OK) return impl->failed();
  sqlite3_db_config(impl->connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_busy_handler(impl->connection, &Impl::wait_for_others, impl.get());
  std::unique_ptr<LedgerDatabase> out(new LedgerDatabase(std::move(impl)));
  TRY_OK(out->run(connection_settings));
  if (is_writer) {
    TRY_OK(out->use_write_ahead_log());
    TRY_OK(migrate_ledger(*out));
  }
  return out;
}

/// SQLite does not fail where it cannot have one, as on some disks of a network, but goes on with the journal
/// that it had; readers and writers would keep each other out then.
Status LedgerDatabase::use_write_ahead_log() {
  TRY(LedgerStatement mode, prepare("PRAGMA journal_mode = WAL"));
  TRY_OK(mode.start({}));
  TRY(const bool has_row, mode.next());
  const std::string found = has_row ? mode.text(0) : "";
  mode.end();
  if (found == "wal") return {};
  return Error{ErrorCode::io,
               name() + " cannot have a write-ahead log where it is: SQLite stays with '" + found + "'"};
}

Result<WriterTurn> LedgerDatabase::wait_for_turn() {
  if (impl_->queue->enter(impl_->patience)) return WriterTurn(impl_->queue);
  return Error{ErrorCode::limit, name() + ": somebody else writes: it is busy, try again"};
}

void LedgerDatabase::set_patience(Duration patience) { impl_->patience = patience; }

std::string LedgerDatabase::name() const { return impl_->name(); }

Status LedgerDatabase::run(const std::string& sql) {
  if (sqlite3_exec(impl_->connection, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return impl_->failed();
  return {};
}

Result<LedgerStatement> LedgerDatabase::prepare(std::string_view sql) {
  auto statement = std::make_unique<LedgerStatement::Impl>(*impl_);
  statement->statement = impl_->take_idle(sql);
  if (statement->statement != nullptr) return LedgerStatement(std::move(statement));
  if (sqlite3_prepare_v3(impl_->connection, sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement->statement, nullptr) != SQLITE_OK)
    return impl_->failed();
  ENSURE(sql == sqlite3_sql(statement->statement), "one statement, which is found again by its text");
  return LedgerStatement(std::move(statement));
}

Status LedgerDatabase::run(std::string_view sql, LedgerValues values) {
  TRY(LedgerStatement statement, prepare(sql));
  return statement.run(values);
}

Result<std::int64_t> LedgerDatabase::change(std::string_view sql, LedgerValues values) {
  TRY_OK(run(sql, values));
  return sqlite3_changes64(impl_->connection);
}

Result<LedgerStatement> LedgerDatabase::rows(std::string_view sql, LedgerValues values) {
  TRY(LedgerStatement statement, prepare(sql));
  TRY_OK(statement.start(values));
  return statement;
}

Result<std::int64_t> LedgerDatabase::number(std::string_view sql, LedgerValues values) {
  TRY(LedgerStatement statement, rows(sql, values));
  TRY(const bool has_row, statement.next());
  return has_row ? statement.number(0) : 0;
}

Result<LedgerTransaction> LedgerTransaction::begin(LedgerDatabase& database) {
  TRY(WriterTurn turn, database.wait_for_turn());
  TRY_OK(database.run("BEGIN IMMEDIATE"));
  return LedgerTransaction(database, std::move(turn));
}

Result<LedgerTransaction> LedgerTransaction::begin_reading(LedgerDatabase& database) {
  TRY_OK(database.run("BEGIN DEFERRED"));
  return LedgerTransaction(database, WriterTurn());
}

LedgerTransaction::~LedgerTransaction() {
  // Where this fails SQLite has rolled back by itself.
  if (database_ != nullptr) static_cast<void>(database_->run("ROLLBACK"));
}

Status LedgerTransaction::commit() {
  TRY_OK(fault::point("ledger_commit"));
  TRY_OK(database_->run("COMMIT"));
  database_ = nullptr;
  turn_.end();
  return fault::point("ledger_committed");
}

}  // namespace alarum
