#include "daemon/respond/ledger_schema.h"

#include "daemon/respond/ledger_database.h"
#include "daemon/respond/ledger_version_1.h"

#include <array>
#include <span>

namespace alarum {
namespace {

/// Says whose file it is: "Alrm".
constexpr std::int64_t application_id = 0x416c726d;

/// What leads from each version to the next. What has been released is never changed: a new version is a new
/// file, and a new line here.
std::span<const std::span<const char* const>> migrations() {
  static const std::array<std::span<const char* const>, 1> all = {ledger_version_1()};
  return all;
}

Status check_owner(LedgerDatabase& database) {
  TRY(const std::int64_t owner, database.number("PRAGMA application_id"));
  TRY(const std::int64_t things, database.number("SELECT count(*) FROM sqlite_master"));
  if (owner != application_id && (owner != 0 || things > 0))
    return Error{ErrorCode::unsupported,
                 database.name() + " is a database of another program; set ledger.path"};
  return {};
}

/// The version that it has; an error where that is a later one than ours.
Result<std::size_t> known_version(LedgerDatabase& database) {
  TRY(const std::int64_t found, database.number("PRAGMA user_version"));
  const auto version = static_cast<std::size_t>(found);
  if (version > migrations().size())
    return Error{ErrorCode::unsupported, database.name() + ": it has version " + std::to_string(version) +
                                             ", and this program knows versions up to " +
                                             std::to_string(migrations().size()) +
                                             ": use the alarumd that wrote it, or a later one"};
  return version;
}

/// One version further, or nothing where another process came first: what it was is asked anew inside.
Status migrate_once(LedgerDatabase& database) {
  TRY(LedgerTransaction transaction, LedgerTransaction::begin(database));
  TRY(const std::size_t version, known_version(database));
  if (version == migrations().size()) return {};
  for (const char* const script : migrations()[version]) TRY_OK(database.run(script));
  TRY_OK(database.run("PRAGMA application_id = " + std::to_string(application_id)));
  TRY_OK(database.run("PRAGMA user_version = " + std::to_string(version + 1)));
  return transaction.commit();
}

}  // namespace

Status check_ledger(LedgerDatabase& database) {
  TRY_OK(check_owner(database));
  TRY_OK(known_version(database));
  return {};
}

Status migrate_ledger(LedgerDatabase& database) {
  TRY_OK(check_ledger(database));
  for (std::size_t step = 0; step < migrations().size(); ++step) {
    TRY(const std::size_t version, known_version(database));
    if (version == migrations().size()) break;
    TRY_OK(migrate_once(database));
  }
  return {};
}

}  // namespace alarum
