#include "daemon/base/contains.h"

#include <bit>
#include <cstddef>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// glibc's memmem is linear, and first fills a table of 256 entries; the texts of logs are mostly shorter than
// that. So sixteen places at a time are looked at for the part's first and its last byte (the "generic SIMD"
// search of W. Muła, http://0x80.pl/articles/simd-strfind.html), and a text that has too many such places is
// left to memmem, which is also all there is on other processors.
namespace alarum {
namespace {

bool contains_by_table(std::string_view text, std::string_view part) {
  return memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

#if defined(__SSE2__)

constexpr std::size_t width = 16;
constexpr int tries_max = 64;  // a fixed number of comparisons that fail keeps the whole linear

__m128i load(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }

/// A bit for each of sixteen bytes: whether it is `wanted`.
unsigned where(__m128i bytes, __m128i wanted) {
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
}

/// A search for a part of two bytes or more in a text of sixteen or more.
class BlockSearch {
 public:
  BlockSearch(std::string_view text, std::string_view part)
      : text_(text), part_(part), first_(_mm_set1_epi8(part.front())), last_(_mm_set1_epi8(part.back())) {}

  bool run() {
    const std::size_t places = text_.size() - part_.size() + 1;
    if (places < width) return stands_at_one_of(few_places(places), 0);
    std::size_t at = 0;
    for (; at + width < places; at += width) {
      if (stands_at_one_of(sixteen_places(at), at)) return true;
      if (tries_ > tries_max) return contains_by_table(text_.substr(at), part_);
    }
    at = places - width;  // overlaps the block before
    return stands_at_one_of(sixteen_places(at), at);
  }

 private:
  /// Of the sixteen places from `at`, those with the part's first and last byte.
  unsigned sixteen_places(std::size_t at) const {
    const char* const from = text_.data() + at;
    return where(load(from), first_) & where(load(from + part_.size() - 1), last_);
  }

  /// The same where there are fewer than sixteen, all of them: the last bytes come from the text's own end.
  unsigned few_places(std::size_t places) const {
    const unsigned lasts = where(load(text_.data() + text_.size() - width), last_) >> (width - places);
    return where(load(text_.data()), first_) & lasts;
  }

  bool stands_at_one_of(unsigned places, std::size_t from) {
    for (; places != 0; places &= places - 1, ++tries_) {
      const char* const place = text_.data() + from + std::countr_zero(places);
      if (std::memcmp(place + 1, part_.data() + 1, part_.size() - 2) == 0) return true;
    }
    return false;
  }

  std::string_view text_;
  std::string_view part_;
  __m128i first_;
  __m128i last_;
  int tries_ = 0;
};

#endif

}  // namespace

bool contains(std::string_view text, std::string_view part) {
  if (part.size() > text.size()) return false;
  if (part.size() < 2) return part.empty() || text.find(part.front()) != std::string_view::npos;
#if defined(__SSE2__)
  if (text.size() >= width) return BlockSearch(text, part).run();
#endif
  return contains_by_table(text, part);
}

}  // namespace alarum
