#include "daemon/base/fault.h"
#include "daemon/base/file_lock.h"
#include "daemon/pipeline/byte_store.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <mutex>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>
#include <unistd.h>

namespace alarum {
namespace {

/// Holds the folder for this process.
Result<FileLock> lock_folder(const std::string& folder) {
  auto out = FileLock::take(folder + "/LOCK.alarum");
  if (!out && out.error().code == ErrorCode::limit)
    return Error{ErrorCode::io, "the state in '" + folder +
                                    "' is in use by another process; stop it, or name another folder"};
  return out;
}

rocksdb::Options options() {
  rocksdb::Options out;
  out.create_if_missing = true;
  out.paranoid_checks = true;
  // A write that the machine's end tore is the end of the log; whatever else is wrong with it is an error.
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // What is written since the last table was, in memory; the state itself is small.
  out.write_buffer_size = 4U << 20U;
  out.max_total_wal_size = 128U << 20U;
  out.max_background_jobs = 2;
  out.keep_log_file_num = 4;
  out.max_log_file_size = 4U << 20U;
  out.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  return out;
}

Error failed(std::string_view deed, const std::string& folder, const std::string& reason) {
  return {ErrorCode::io, "cannot " + std::string(deed) + " the state in '" + folder + "': " + reason};
}

/// Whether `folder` takes a new file of `bytes`.
Status try_space(const std::string& folder, std::size_t bytes) {
  const std::string path = folder + "/space";
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed("write", folder, std::strerror(errno));
  const int error = posix_fallocate(descriptor, 0, static_cast<off_t>(bytes));
  close(descriptor);
  unlink(path.c_str());
  if (error == 0) return {};
  return failed(
      "write", folder,
      std::string(std::strerror(error)) + " (it takes " + std::to_string((bytes >> 20U) + 1) + " MiB)");
}

/// What opening the state takes: tables of what is in the logs, and some small files.
std::size_t space_to_open(const std::string& folder) {
  std::size_t out = 8U << 20U;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder + "/rocksdb", error), end; at != end;) {
    if (at->path().extension() == ".log") {
      const auto bytes = at->file_size(error);
      if (!error) out += bytes;
    }
    at.increment(error);
  }
  return out;
}

/// For a folder with the space that it takes: when space ends on the way, RocksDB ends the process (an
/// assertion that Debian's build keeps).
Result<std::unique_ptr<rocksdb::DB>> open_database(const std::string& folder) {
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options(), folder + "/rocksdb", &opened);
  if (!status.ok()) return failed("open", folder, status.ToString());
  return std::unique_ptr<rocksdb::DB>(opened);
}

class RocksDbStore final : public ByteStore {
 public:
  RocksDbStore(std::string folder, FileLock lock, std::unique_ptr<rocksdb::DB> db)
      : folder_(std::move(folder)), lock_(std::move(lock)), db_(std::move(db)) {}

  Status write(std::span<const ByteChange> changes) override {
    TRY_OK(fault::point("before_write"));
    rocksdb::WriteBatch batch;
    for (const ByteChange& change : changes) {
      if (change.value) {
        batch.Put(change.key, *change.value);
      } else {
        batch.Delete(change.key);
      }
    }
    if (has_failed_) TRY_OK(reopen(batch.GetDataSize()));
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const rocksdb::Status status = db_->Write(synced, &batch);
    const Status torn = fault::point("torn_write");  // it may be on disk, and is not known to be
    has_failed_ = !status.ok() || !torn;
    if (!status.ok()) return failed("write", folder_, status.ToString());
    TRY_OK(torn);
    return fault::point("after_write");
  }

  Result<std::vector<std::pair<std::string, std::string>>> scan(const std::string& first,
                                                                const std::string& last,
                                                                std::size_t bytes_max) override {
    const std::lock_guard lock(mutex_);
    if (!db_) return failed("read", folder_, "it is closed until it can be written again");
    std::vector<std::pair<std::string, std::string>> out;
    const rocksdb::Slice end(last);
    rocksdb::ReadOptions bounded;
    bounded.iterate_upper_bound = &end;
    const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(bounded));
    std::size_t bytes = 0;
    for (at->Seek(first); at->Valid(); at->Next()) {
      bytes += at->value().size();
      if (bytes > bytes_max && !out.empty()) break;
      out.emplace_back(at->key().ToString(), at->value().ToString());
    }
    if (!at->status().ok()) return failed("read", folder_, at->status().ToString());
    return out;
  }

 private:
  /// The way back after a write that failed. RocksDB's own, Resume, goes on with the log that is torn when
  /// nothing has been written since it was begun, and the next write then ends the process (an assertion that
  /// Debian's build keeps); and it waits for twice its write buffer to be free. A store that is opened anew
  /// begins another log. A batch that was written after all is written once more, which changes nothing.
  Status reopen(std::size_t bytes) {
    // As long as this would be in vain the one that is open stays, since it can be read.
    TRY_OK(try_space(folder_, space_to_open(folder_) + bytes));
    const std::lock_guard lock(mutex_);
    db_.reset();
    TRY(db_, open_database(folder_));
    return {};
  }

  std::string folder_;
  FileLock lock_;
  /// Keeps `db_` where it is while another thread reads it; only the thread that writes changes it.
  std::mutex mutex_;
  std::unique_ptr<rocksdb::DB> db_;
  bool has_failed_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteStore>> open_rocksdb(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return Error{ErrorCode::io, "cannot make the folder '" + folder + "' of the state: " + error.message()};
  }
  TRY(FileLock lock, lock_folder(folder));
  TRY_OK(try_space(folder, space_to_open(folder)));
  TRY(auto db, open_database(folder));
  std::unique_ptr<ByteStore> out = std::make_unique<RocksDbStore>(folder, std::move(lock), std::move(db));
  return out;
}

}  // namespace alarum
