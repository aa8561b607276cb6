#include "daemon/base/fault.h"
#include "daemon/pipeline/byte_store.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>
#include <sys/file.h>
#include <unistd.h>

namespace alarum {
namespace {

/// Holds the folder for this process: a lock that the kernel takes back however the process ends.
class FolderLock {
 public:
  static Result<FolderLock> take(const std::string& folder) {
    const std::string path = folder + "/LOCK.alarum";
    FolderLock out(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (out.descriptor_ < 0)
      return Error{ErrorCode::io, "cannot open '" + path + "': " + std::strerror(errno)};
    if (flock(out.descriptor_, LOCK_EX | LOCK_NB) != 0) {
      return Error{ErrorCode::io, "the state in '" + folder +
                                      "' is in use by another process; stop it, or name another folder"};
    }
    return out;
  }
  ~FolderLock() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

rocksdb::Options options() {
  rocksdb::Options out;
  out.create_if_missing = true;
  out.paranoid_checks = true;
  // A write that the machine's end tore is the end of the log; whatever else is wrong with it is an error.
  out.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  out.write_buffer_size = 32U << 20U;
  out.max_total_wal_size = 128U << 20U;
  out.max_background_jobs = 2;
  out.keep_log_file_num = 4;
  out.max_log_file_size = 4U << 20U;
  out.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  return out;
}

Error failed(std::string_view deed, const std::string& folder, const rocksdb::Status& status) {
  return {ErrorCode::io,
          "cannot " + std::string(deed) + " the state in '" + folder + "': " + status.ToString()};
}

class RocksDbStore final : public ByteStore {
 public:
  RocksDbStore(std::string folder, FolderLock lock, std::unique_ptr<rocksdb::DB> db)
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
    rocksdb::WriteOptions synced;
    synced.sync = true;
    if (const rocksdb::Status status = db_->Write(synced, &batch); !status.ok()) {
      // After a full disk RocksDB refuses every write until it is told to try again, or notices by itself.
      db_->Resume();
      return failed("write", folder_, status);
    }
    return fault::point("after_write");
  }

  Result<std::vector<std::pair<std::string, std::string>>> scan(const std::string& first,
                                                                const std::string& last,
                                                                std::size_t bytes_max) override {
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
    if (!at->status().ok()) return failed("read", folder_, at->status());
    return out;
  }

 private:
  std::string folder_;
  FolderLock lock_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace

Result<std::unique_ptr<ByteStore>> open_rocksdb(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return Error{ErrorCode::io, "cannot make the folder '" + folder + "' of the state: " + error.message()};
  }
  TRY(FolderLock lock, FolderLock::take(folder));
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options(), folder + "/rocksdb", &opened);
  if (!status.ok()) return failed("open", folder, status);
  std::unique_ptr<ByteStore> out =
      std::make_unique<RocksDbStore>(folder, std::move(lock), std::unique_ptr<rocksdb::DB>(opened));
  return out;
}

}  // namespace alarum
