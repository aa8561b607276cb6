#include "daemon/cli/dead_letter_file.h"

#include "daemon/base/json_writer.h"

#include <cerrno>
#include <cstring>

namespace alarum::cli {

Result<DeadLetterFile> DeadLetterFile::create(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "we");
  if (file == nullptr)
    return Error{ErrorCode::io, "cannot write dead letters to '" + path + "': " + std::strerror(errno)};
  return DeadLetterFile(path, file);
}

void DeadLetterFile::write(std::span<const DeadLetter> letters) {
  for (const DeadLetter& letter : letters) {
    std::string line;
    JsonWriter json(line);
    json.begin_object().key("source").text(letter.coordinates.source);
    json.key("topic").text(letter.coordinates.topic);
    json.key("partition").number(letter.coordinates.partition);
    json.key("offset").number(letter.coordinates.offset);
    json.key("reason").text(reason_name(letter.reason)).end_object();
    line += "\n";
    is_written_ = std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() && is_written_;
  }
}

Status DeadLetterFile::finish() {
  is_written_ = std::fflush(file_.get()) == 0 && is_written_;
  if (is_written_) return {};
  return Error{ErrorCode::io, "cannot write dead letters to '" + path_ + "': " + std::strerror(errno)};
}

}  // namespace alarum::cli
