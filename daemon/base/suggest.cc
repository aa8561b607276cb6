#include "daemon/base/suggest.h"

#include "daemon/base/fold.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace alarum {
namespace {

/// Optimal string alignment distance (Damerau-Levenshtein in which no part is edited twice).
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before(right.size() + 1);
  std::vector<std::size_t> above(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(above.begin(), above.end(), 0);
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[right.size()];
}

/// Shorter ones are the beginnings of too many words.
constexpr std::size_t beginning_size_min = 3;

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known) {
  constexpr std::size_t word_size_max =
      64;  // longer ones are no typing errors, and the distance is quadratic
  if (word.size() > word_size_max) return {};
  const std::string wanted = folded(word);
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::string known_word = folded(candidate);
    const bool is_beginning = wanted.size() >= beginning_size_min && known_word.starts_with(wanted);
    const std::size_t distance = is_beginning ? 1 : edit_distance(wanted, known_word);
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view near = nearest_word(word, known);
  return near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?";
}

}  // namespace alarum
