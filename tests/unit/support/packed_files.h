#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Packed files made by hand, in the modes that store bytes as they are: no packer is needed, and a test can
/// damage exactly what it means to.
namespace alarum::test {

/// `count` bytes of `value`, little end first; those beyond the eighth are zero.
inline std::string little_end(std::uint64_t value, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += i < 8 ? static_cast<char>((value >> (8 * i)) & 0xFFU) : '\0';
  return out;
}

/// CRC-32 as gzip and zip use it (RFC 1952 §8).
inline std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t out = 0xFFFFFFFFU;
  for (const char c : bytes) {
    out ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) out = (out >> 1U) ^ ((out & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~out;
}

/// RFC 1952, around the stored blocks of RFC 1951 §3.2.4.
inline std::string gzip(std::string_view bytes) {
  std::string out("\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10);
  const std::string trailer = little_end(crc32(bytes), 4) + little_end(bytes.size(), 4);
  do {
    const std::string_view block = bytes.substr(0, 0xFFFF);
    bytes.remove_prefix(block.size());
    out += static_cast<char>(bytes.empty() ? 1 : 0);
    out += little_end(block.size(), 2) + little_end(~block.size(), 2);
    out += block;
  } while (!bytes.empty());
  return out + trailer;
}

/// RFC 8878 §3.1.1: one frame of raw blocks, with its size in the header and without a checksum.
inline std::string zstd(std::string_view bytes) {
  std::string out = "\x28\xB5\x2F\xFD\xA0" + little_end(bytes.size(), 4);
  do {
    const std::string_view block = bytes.substr(0, 64 * 1024);
    bytes.remove_prefix(block.size());
    out += little_end((block.size() << 3U) | (bytes.empty() ? 1U : 0U), 3);
    out += block;
  } while (!bytes.empty());
  return out;
}

/// `{"a":1}` and a line break, packed by bzip2, which has no mode that stores.
inline constexpr std::string_view bzip2_record(
    "\x42\x5A\x68\x39\x31\x41\x59\x26\x53\x59\xBA\xC6\x4D\xDB\x00\x00\x03\x59\x80\x00\x10\x10\x00\x20"
    "\x10\x20\x00\x00\x0A\x20\x00\x22\x03\x65\x08\x60\x11\x4A\x1F\x17\x72\x45\x38\x50\x90\xBA\xC6\x4D"
    "\xDB",
    49);

/// The digits of `value` as tar writes numbers.
inline std::string octal(std::size_t value, int digits) {
  std::string out;
  for (int i = 0; i < digits; ++i, value /= 8) out.insert(out.begin(), static_cast<char>('0' + value % 8));
  return out;
}

/// A header of tar (POSIX ustar), with what a kind of entry has of its own `at` a place in it.
inline std::string tar_header(std::string_view name, std::size_t size, char type, std::string_view magic,
                              std::size_t at = 0, std::string_view more = "") {
  std::string header(512, '\0');
  const auto put = [&](std::size_t place, std::string_view text) {
    header.replace(place, text.size(), text);
  };
  put(at, more);
  put(0, name);
  put(100, "0000644");
  put(124, octal(size, 11));
  put(136, octal(0, 11));
  put(148, "        ");
  header[156] = type;
  put(257, magic);
  std::size_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6) + '\0');
  return header;
}

/// `bytes` up to the end of a block of tar.
inline std::string tar_blocks(std::string_view bytes) {
  return std::string(bytes) + std::string((512 - bytes.size() % 512) % 512, '\0');
}

/// One entry of a tar archive (POSIX ustar); `type` '0' is a file, '5' a folder.
inline std::string tar_entry(std::string_view name, std::string_view bytes, char type = '0') {
  return tar_header(name, bytes.size(), type, std::string_view("ustar\00000", 8)) + tar_blocks(bytes);
}

/// A file with a hole of `hole` zeros between two texts, as GNU tar writes it: a map of offsets and sizes.
inline std::string sparse_tar_entry(std::string_view name, std::string_view first, std::size_t hole,
                                    std::string_view second) {
  const std::size_t start = first.size() + hole;
  const std::string map = octal(0, 11) + '\0' + octal(first.size(), 11) + '\0' + octal(start, 11) + '\0' +
                          octal(second.size(), 11) + '\0';
  const std::string more =
      map + std::string(96 - map.size(), '\0') + '\0' + octal(start + second.size(), 11) + '\0';
  return tar_header(name, first.size() + second.size(), 'S', "ustar  ", 386, more) +
         tar_blocks(std::string(first) + std::string(second));
}

/// What ends a tar archive.
inline std::string tar_end() { return std::string(1024, '\0'); }

/// A zip archive (APPNOTE.TXT).
class Zip {
 public:
  static constexpr int stored = 0;
  static constexpr int deflated = 8;

  /// Adds `bytes` as they are.
  Zip& add(std::string_view name, std::string_view bytes) { return add_as(stored, name, bytes); }

  /// Adds `bytes` and says that they were packed by `method`.
  Zip& add_as(int method, std::string_view name, std::string_view bytes) {
    const std::string common = little_end(10, 4) + little_end(static_cast<unsigned>(method), 2) +
                               std::string("\0\0\x21\0", 4) + little_end(crc32(bytes), 4) +
                               little_end(bytes.size(), 4) + little_end(bytes.size(), 4) +
                               little_end(name.size(), 2) + little_end(0, 2);
    directory_ += std::string("PK\x01\x02\x0A\0", 6) + common + std::string(10, '\0') +
                  little_end(entries_.size(), 4) + std::string(name);
    entries_ += "PK\x03\x04" + common + std::string(name) + std::string(bytes);
    ++count_;
    return *this;
  }

  std::string bytes() const {
    return entries_ + directory_ + "PK\x05\x06" + little_end(0, 4) + little_end(count_, 2) +
           little_end(count_, 2) + little_end(directory_.size(), 4) + little_end(entries_.size(), 4) +
           little_end(0, 2);
  }

 private:
  std::string entries_;
  std::string directory_;
  std::size_t count_ = 0;
};

}  // namespace alarum::test
