#include "daemon/api/action_commands.h"

#include "config/quantity.h"
#include "daemon/api/action_json.h"
#include "daemon/api/control_answer.h"
#include "daemon/base/json_writer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alarum {
namespace {

/// Readers wait for nobody in a write-ahead log, but for its recovery after a crash.
constexpr std::chrono::milliseconds patience{500};
constexpr std::int64_t page_items = 50;
constexpr std::int64_t page_items_max = 500;
constexpr std::size_t page_bytes_max = 4U << 20U;
/// So many entries take some tens of milliseconds: others who ask wait as long.
constexpr std::size_t verified_at_once = 20'000;
constexpr std::size_t hash_digits = 64;

constexpr std::array<std::string_view, 10> commands = {
    "block_list", "block_add",    "block_remove",  "block_undo", "allow_list",
    "allow_add",  "allow_remove", "breaker_reset", "audit_list", "audit_verify"};

Result<LedgerPage> page_of(const ControlRequest& request) {
  TRY(const std::int64_t asked, request.number("limit", 1, page_items));
  return LedgerPage{static_cast<std::size_t>(std::min(asked, page_items_max)), page_bytes_max};
}

Result<Duration> duration_of(const ControlRequest& request) {
  TRY(const std::string text, request.required_text("for"));
  const auto out = parse_duration(text);
  if (!out) return Error{ErrorCode::invalid, "'for' is a time like 15m or 2h, not '" + text + "'"};
  return Duration(*out);
}

Result<UndoFilter> filter_of(const ControlRequest& request) {
  UndoFilter out;
  TRY(out.incident, request.text("incident"));
  TRY(out.rule, request.text("rule"));
  TRY(const std::string since, request.text("since"));
  if (since.empty()) return out;
  out.since = parse_time(since);
  if (!out.since)
    return Error{ErrorCode::invalid, "'since' is a time like 2026-01-02T03:04:05Z, not '" + since + "'"};
  return out;
}

/// The hash in this member, or `otherwise`.
Result<std::string> hash_of(const ControlRequest& request, std::string_view name, std::string otherwise) {
  TRY(std::string text, request.text(name));
  if (text.empty()) return otherwise;
  const bool is_hash =
      text.size() == hash_digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!is_hash)
    return Error{ErrorCode::invalid, "'" + std::string(name) + "' is a hash of 64 hex digits in lower case"};
  return text;
}

/// What an edit came to.
struct Outcome {
  std::string action_id;
  BlocksTakenBack blocks;
};

Result<Outcome> taken_back(Result<BlocksTakenBack> blocks) {
  if (!blocks) return std::move(blocks).error();
  return Outcome{"", *std::move(blocks)};
}

/// Makes the edit that the request names.
Result<Outcome> apply(const ControlRequest& request, const ActionPerson& by, ActionEditor& editor) {
  const std::string& command = request.command();
  if (command == "block_add") {
    BlockOrder order;
    TRY(order.target, request.required_text("target"));
    TRY(order.lasts, duration_of(request));
    TRY(order.responder, request.text("responder"));
    TRY(std::string id, editor.block(order, by));
    return Outcome{std::move(id), {}};
  }
  if (command == "block_remove") {
    TRY(const std::string target, request.required_text("target"));
    return taken_back(editor.unblock(target, by));
  }
  if (command == "block_undo") {
    TRY(const UndoFilter filter, filter_of(request));
    return taken_back(editor.undo(filter, by));
  }
  if (command == "breaker_reset") {
    TRY_OK(editor.reset_breaker(by));
    return Outcome{};
  }
  TRY(const std::string network, request.required_text("network"));
  if (command == "allow_add") {
    TRY(const Duration lasts, duration_of(request));
    return taken_back(editor.allow(network, lasts, by));
  }
  TRY_OK(editor.disallow(network, by));
  return Outcome{};
}

}  // namespace

Result<std::unique_ptr<ActionCommands>> ActionCommands::open(const std::string& path,
                                                             const std::string& analyst_group,
                                                             const Published<ActionRules>& rules,
                                                             Clock& clock, LedgerDamage& damage) {
  TRY(Analysts analysts, Analysts::named(analyst_group, clock));
  TRY(auto database, LedgerDatabase::open(path, LedgerDatabase::Access::read, patience));
  TRY(auto editor, ActionEditor::open(path, rules, clock, damage));
  return std::unique_ptr<ActionCommands>(
      new ActionCommands(std::move(database), std::move(editor), std::move(analysts), clock));
}

bool ActionCommands::answers(const std::string& command) {
  return std::find(commands.begin(), commands.end(), command) != commands.end();
}

std::string ActionCommands::answer(const ControlRequest& request, const PeerCredentials& peer) {
  Result<std::string> out = run(request, peer);
  return out ? *std::move(out) : control_refusal(reason_of(out.error().code), out.error().message);
}

Result<std::string> ActionCommands::run(const ControlRequest& request, const PeerCredentials& peer) {
  if (request.command() == "block_list") return list_blocks(request);
  if (request.command() == "allow_list") return list_allowed();
  if (request.command() == "audit_list") return list_audit(request);
  if (request.command() == "audit_verify") return verify(request);
  return edit(request, peer);
}

Result<std::string> ActionCommands::list_blocks(const ControlRequest& request) {
  TRY(const LedgerPage page, page_of(request));
  TRY(const std::int64_t before, request.number("before", 1, 0));
  ActionReader reader(*database_);
  TRY(const LedgerTransaction moment, LedgerTransaction::begin_reading(*database_));
  TRY(const auto breaker, reader.breaker());
  TRY(const auto blocks, reader.blocks(clock_.wall(), before, page));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.block_list/1").key("breaker");
  write_breaker(json, breaker);
  write_list(json, "blocks", blocks, write_action);
  write_next(json, "next_before", blocks, newest_first_end(blocks));
  json.end_object();
  return out;
}

Result<std::string> ActionCommands::list_allowed() {
  TRY(const auto found,
      list_exemptions(*database_, clock_.wall(), {.items = exemptions_max, .bytes = page_bytes_max}));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.allow_list/1");
  write_list(json, "exemptions", found, write_exemption);
  json.key("exemptions_cut").boolean(found.is_cut).end_object();
  return out;
}

Result<std::string> ActionCommands::list_audit(const ControlRequest& request) {
  TRY(const LedgerPage page, page_of(request));
  TRY(const std::int64_t before, request.number("before", 1, 0));
  TRY(const auto lines, ActionReader(*database_).audit(before, page));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.audit_list/1");
  write_list(json, "entries", lines, write_audit_line);
  write_next(json, "next_before", lines, newest_first_end(lines));
  json.end_object();
  return out;
}

Result<std::string> ActionCommands::verify(const ControlRequest& request) {
  AuditVerdict so_far;
  TRY(so_far.entries, request.number("after", 0, 0));
  TRY(so_far.head, hash_of(request, "hash", audit_beginning()));
  TRY(const std::string noted, hash_of(request, "head", ""));
  TRY(const AuditVerdict verdict, verify_audit(*database_, so_far, noted, verified_at_once));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.audit_verify/1").key("entries").number(verdict.entries);
  json.key("head").text(verdict.head).key("end").boolean(verdict.is_end);
  json.key("has_noted_head").boolean(verdict.has_noted_head).key("broken_at");
  verdict.broken ? json.number(verdict.broken->number) : json.null();
  json.key("why").text(verdict.broken ? verdict.broken->why : "").end_object();
  return out;
}

Result<std::string> ActionCommands::edit(const ControlRequest& request, const PeerCredentials& peer) {
  if (auto refusal = analysts_.refuse(request, peer, "what is blocked")) return *std::move(refusal);
  ActionPerson by{analysts_.name(peer.user), peer.user, ""};
  TRY(by.why, request.text("why"));
  TRY(const Outcome done, apply(request, by, *editor_));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.action_edit/1");
  write_text_or_null(json, "action_id", done.action_id);
  json.key("blocks_taken_back").number(static_cast<std::int64_t>(done.blocks.blocks));
  json.key("blocks_to_come").number(static_cast<std::int64_t>(done.blocks.to_come));
  json.key("held_by").begin_array();
  for (const std::string& network : done.blocks.held_by) json.text(network);
  json.end_array().end_object();
  return out;
}

}  // namespace alarum
