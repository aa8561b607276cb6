#include "daemon/cli/action_text.h"

#include "daemon/base/printable.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace alarum::cli {
namespace {

constexpr std::size_t time_width = 27;
constexpr std::size_t target_width = 20;
constexpr std::size_t name_width = 8;  // of the first word of a line of an incident

std::string shown(const JsonNode& object, std::string_view name) { return printable(object.text_of(name)); }

std::string cell(const JsonNode& object, std::string_view name) {
  const std::string text = shown(object, name);
  return text.empty() ? "-" : text;
}

std::span<const JsonNode> items_of(const JsonNode& object, std::string_view name) {
  const JsonNode* const found = object.find(name);
  if (found == nullptr) return {};
  return found->items;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text + "  ";
}

void write_next(const JsonNode& list, Output& output) {
  if (const std::string next = shown(list, "next_before"); !next.empty())
    output.write("older ones: --before " + next + "\n");
}

void write_breaker(const JsonNode& list, Output& output) {
  const JsonNode* const breaker = list.find("breaker");
  if (breaker == nullptr || breaker->is_null()) return;
  output.write(output.styled(Style::red, "the breaker has tripped") + " at " + shown(*breaker, "at") +
               ", guard " + shown(*breaker, "guard") + " (" + shown(*breaker, "entry") +
               "): nothing acts until somebody says alarum breaker reset\n");
}

/// ` (guard never_block, 10.0.0.0/8)`, where a guard has refused.
std::string guard_text(const JsonNode& step) {
  const std::string guard = shown(step, "guard");
  if (guard.empty()) return "";
  const std::string entry = shown(step, "entry");
  return " (guard " + guard + (entry.empty() ? "" : ", " + entry) + ")";
}

void write_step(const JsonNode& step, Output& output) {
  const std::string target = shown(step, "target");
  const std::string why = shown(step, "why");
  const std::string times = shown(step, "times");
  output.write(padded("step", name_width) + shown(step, "playbook") + " " + shown(step, "step") + ", " +
               shown(step, "responder") + (target.empty() ? "" : " on " + target) + ": " +
               output.styled(Style::bold, shown(step, "fate")) + guard_text(step) +
               (why.empty() ? "" : ", " + why) + (times == "1" ? "" : ", " + times + " times") + ", last " +
               shown(step, "at") + "\n");
}

void write_action(const JsonNode& action, Output& output) {
  const std::string target = shown(action, "target");
  const std::string until = shown(action, "until");
  const std::string reference = shown(action, "reference");
  const std::string why = shown(action, "why");
  output.write(padded("action", name_width) + shown(action, "intended") + " " + shown(action, "responder") +
               (target.empty() ? "" : " on " + target) + ": " +
               output.styled(Style::bold, shown(action, "state")) + (until.empty() ? "" : " until " + until) +
               (reference.empty() ? "" : ", " + reference) + (why.empty() ? "" : ", " + why) + "\n");
}

}  // namespace

void write_block_list(const JsonNode& list, Output& output) {
  write_breaker(list, output);
  const auto blocks = items_of(list, "blocks");
  if (blocks.empty()) {
    output.write("no blocks\n");
    return;
  }
  output.write(output.styled(Style::bold, padded("TARGET", target_width) + padded("STATE", 9) +
                                              padded("UNTIL", time_width) + padded("INCIDENT", 8) +
                                              padded("RESPONDER", 10) + "WHY") +
               "\n");
  constexpr std::size_t shown_digits = 8;  // of an incident's id
  for (const JsonNode& block : blocks)
    output.write(padded(cell(block, "target"), target_width) + padded(shown(block, "state"), 9) +
                 padded(cell(block, "until"), time_width) +
                 padded(cell(block, "incident_id").substr(0, shown_digits), 8) +
                 padded(shown(block, "responder"), 10) + shown(block, "why") + "\n");
  write_next(list, output);
}

void write_allow_list(const JsonNode& list, Output& output) {
  const auto exemptions = items_of(list, "exemptions");
  if (exemptions.empty()) {
    output.write("nobody is allowed or left alone\n");
    return;
  }
  output.write(output.styled(Style::bold, padded("NETWORK", target_width) + padded("KIND", 10) +
                                              padded("UNTIL", time_width) + padded("WHO", 8) + "WHY") +
               "\n");
  for (const JsonNode& one : exemptions)
    output.write(padded(shown(one, "network"), target_width) + padded(shown(one, "kind"), 10) +
                 padded(shown(one, "until"), time_width) + padded(shown(one, "who"), 8) + shown(one, "why") +
                 "\n");
  if (list.text_of("exemptions_cut") == "true") output.write("and more\n");
}

void write_audit_list(const JsonNode& list, Output& output) {
  const auto entries = items_of(list, "entries");
  if (entries.empty()) output.write("the audit log is empty\n");
  for (const JsonNode& entry : entries) {
    const std::string detail = shown(entry, "detail");
    output.write(padded(shown(entry, "number"), 6) + shown(entry, "at") + " " + shown(entry, "who") + ": " +
                 shown(entry, "what") + " " + shown(entry, "subject") +
                 (detail.empty() ? "" : ", " + detail) + "\n");
  }
  write_next(list, output);
}

void write_action_edit(const JsonNode& edit, Output& output) {
  if (const std::string id = shown(edit, "action_id"); !id.empty()) {
    output.write("written down as action " + id +
                 "; alarum block list shows it while it lasts, alarum audit list what became of it\n");
    return;
  }
  const std::string taken_back = shown(edit, "blocks_taken_back");
  output.write(taken_back == "0" ? "done; no block had to be taken back\n"
                                 : "done; blocks being taken back: " + taken_back + "\n");
  if (const std::string to_come = shown(edit, "blocks_to_come"); to_come != "0" && !to_come.empty())
    output.write("not made yet, or just now: " + to_come + "; look again with alarum block list\n");
  for (const JsonNode& network : items_of(edit, "held_by"))
    output.write("still blocked as part of " + printable(network.text) + "\n");
}

void write_steps_and_actions(const JsonNode& incident, Output& output) {
  for (const JsonNode& step : items_of(incident, "steps")) write_step(step, output);
  if (incident.text_of("steps_cut") == "true") output.write(padded("", name_width) + "and more steps\n");
  for (const JsonNode& action : items_of(incident, "actions")) write_action(action, output);
  if (const std::string next = shown(incident, "next_actions_before"); !next.empty())
    output.write(padded("", name_width) + "earlier actions: --actions-before " + next + "\n");
}

}  // namespace alarum::cli
