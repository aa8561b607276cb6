#include "daemon/files/record_splitter.h"

#include <algorithm>

namespace alarum {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view blanks = " \t\r\v\f";

}  // namespace

void RecordSplitter::feed(std::string_view piece, std::vector<SplitRecord>& out) {
  if (!is_past_head_) {
    const std::size_t count = std::min(piece.size(), byte_order_mark.size() - head_.size());
    head_.append(piece.substr(0, count));
    piece.remove_prefix(count);
    if (head_.size() < byte_order_mark.size()) return;
    take_head(out);
  }
  take(piece, out);
}

void RecordSplitter::finish(std::vector<SplitRecord>& out) {
  if (!is_past_head_) take_head(out);
  if (in_record_) emit(out);
  line_ = 0;
  at_line_start_ = true;
  is_past_head_ = false;
}

void RecordSplitter::take_head(std::vector<SplitRecord>& out) {
  is_past_head_ = true;
  if (head_ != byte_order_mark) take(head_, out);
  head_.clear();
}

void RecordSplitter::take(std::string_view piece, std::vector<SplitRecord>& out) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    take_part_of_line(piece.substr(0, end), out);
    if (end == std::string_view::npos) return;
    end_line(out);
    piece.remove_prefix(end + 1);
  }
}

void RecordSplitter::take_part_of_line(std::string_view part, std::vector<SplitRecord>& out) {
  if (part.empty()) return;
  const bool begins_anew = at_line_start_ && in_record_ && part.front() == '{';
  if (begins_anew) emit(out);
  at_line_start_ = false;
  if (!in_record_) {
    part.remove_prefix(std::min(part.find_first_not_of(blanks), part.size()));
    if (part.empty()) return;
    begin(part.front());
  }
  if (is_object_) scan(part);
  append(part);
}

void RecordSplitter::end_line(std::vector<SplitRecord>& out) {
  if (in_record_) {
    const bool goes_on = is_object_ && depth_ > 0 && !in_string_;
    if (goes_on) {
      append("\n");
    } else {
      emit(out);
    }
  }
  ++line_;
  at_line_start_ = true;
}

void RecordSplitter::begin(char first) {
  in_record_ = true;
  is_object_ = first == '{';
  in_string_ = false;
  escaped_ = false;
  depth_ = 0;
  current_ = {{}, line_, false};
}

void RecordSplitter::scan(std::string_view part) {
  for (const char c : part) {
    if (in_string_) {
      in_string_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      --depth_;
    }
  }
}

void RecordSplitter::append(std::string_view part) {
  const std::size_t room = bytes_max_ - current_.bytes.size();
  current_.truncated = current_.truncated || part.size() > room;
  current_.bytes.append(part.substr(0, room));
}

void RecordSplitter::emit(std::vector<SplitRecord>& out) {
  while (!current_.bytes.empty() &&
         (current_.bytes.back() == '\n' || blanks.find(current_.bytes.back()) != blanks.npos))
    current_.bytes.pop_back();
  out.push_back(std::move(current_));
  current_ = {};
  in_record_ = false;
}

}  // namespace alarum
