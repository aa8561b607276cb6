#include "daemon/cli/explanation_text.h"

#include "daemon/base/printable.h"

namespace alarum::cli {
namespace {

using sigma::Explanation;
using sigma::Verdict;

constexpr std::size_t values_shown_max = 8;
constexpr std::size_t text_shown_max = 200;

std::string_view kind_word(Explanation::Kind kind) {
  switch (kind) {
    case Explanation::Kind::condition: return "condition";
    case Explanation::Kind::identifier: return "identifier";
    case Explanation::Kind::item: return "item";
    case Explanation::Kind::value: return "value";
  }
  return "condition";
}

std::string shortened(std::string_view text) {
  if (text.size() <= text_shown_max) return printable(text);
  std::size_t end = text_shown_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return printable(text.substr(0, end)) + "… (" + with_separators(text.size()) + " bytes)";
}

std::string seen_text(const Explanation& item) {
  std::string out;
  for (std::size_t i = 0; i < item.seen.size() && i < values_shown_max; ++i) {
    out.append(i == 0 ? "" : ", ").append(shortened(item.seen[i]));
  }
  if (item.seen.size() > values_shown_max) {
    out += ", and " + std::to_string(item.seen.size() - values_shown_max) + " more values";
  }
  return out;
}

class TreeWriter {
 public:
  TreeWriter(const ExplanationStyle& style, const Output& output) : style_(style), output_(output) {}

  void write(const Explanation& part, std::size_t depth) {
    if (style_.only_true && part.verdict != Verdict::yes) return;
    if (part.kind == Explanation::Kind::item) return write_item(part, depth);
    if (style_.only_true && part.label == "not") {  // what is below it does not hold: that is the point
      return line(depth, mark(part.verdict) + " not " + printable(part.parts.front().label));
    }
    line(depth, mark(part.verdict) + " " + printable(part.label));
    for (const Explanation& child : part.parts) write(child, depth + 1);
  }

  std::string take() { return std::move(out_); }

 private:
  std::string mark(Verdict verdict) const {
    if (style_.only_true) return output_.styled(Style::green, "+");
    switch (verdict) {
      case Verdict::yes: return output_.styled(Style::green, "true   ");
      case Verdict::no: return output_.styled(Style::red, "false  ");
      case Verdict::missing: return output_.styled(Style::yellow, "missing");
    }
    return "";
  }

  void line(std::size_t depth, const std::string& text) {
    out_.append(style_.indent + 2 * depth, ' ').append(text).append("\n");
  }

  /// One line for the item; the values that hold below it, and the first of those that do not.
  void write_item(const Explanation& item, std::size_t depth) {
    std::string text = mark(item.verdict) + " " + output_.styled(Style::bold, printable(item.label));
    if (item.parts.size() == 1) text += ": " + printable(item.parts.front().label);
    if (!item.seen.empty()) text += output_.styled(Style::dim, "  ← ") + seen_text(item);
    line(depth, text);
    if (item.parts.size() == 1) return;
    std::size_t hidden = 0;
    std::size_t shown = 0;
    for (const Explanation& value : item.parts) {
      if (style_.only_true && value.verdict != Verdict::yes) continue;
      if (value.verdict == Verdict::yes || shown < values_shown_max) {
        line(depth + 1, mark(value.verdict) + " " + shortened(value.label));
        ++shown;
      } else {
        ++hidden;
      }
    }
    if (hidden > 0) line(depth + 1, "… and " + with_separators(hidden) + " more values");
  }

  ExplanationStyle style_;
  const Output& output_;
  std::string out_;
};

}  // namespace

std::string to_text(const Explanation& explanation, const ExplanationStyle& style, const Output& output) {
  TreeWriter writer(style, output);
  writer.write(explanation, 0);
  return writer.take();
}

void write_json(const Explanation& explanation, JsonWriter& json) {
  json.begin_object().key("kind").text(kind_word(explanation.kind)).key("label").text(explanation.label);
  json.key("verdict").text(verdict_name(explanation.verdict));
  if (explanation.kind == Explanation::Kind::item) {
    json.key("seen").begin_array();
    for (const std::string& value : explanation.seen) json.text(value);
    json.end_array();
  }
  if (!explanation.parts.empty()) {
    json.key("parts").begin_array();
    for (const Explanation& part : explanation.parts) write_json(part, json);
    json.end_array();
  }
  json.end_object();
}

}  // namespace alarum::cli
