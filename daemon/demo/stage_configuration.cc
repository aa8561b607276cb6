#include "daemon/demo/stage_configuration.h"

#include "daemon/base/json_writer.h"
#include "daemon/demo/streams.h"

namespace alarum::demo {
namespace {

void write_sources(JsonWriter& json, const StageParts& parts) {
  json.key("sources").begin_array();
  for (const Stream& stream : streams) {
    json.begin_object().key("name").text(stream.name).key("log_source").raw(stream.log_source);
    json.key("kafka").begin_object().key("brokers").begin_array().text(parts.brokers).end_array();
    json.key("topics").begin_array().text(stream.name).end_array().end_object().end_object();
  }
  json.end_array();
}

void write_responders(JsonWriter& json, const StageParts& parts) {
  json.key("responders").begin_array();
  json.begin_object().key("name").text("demo").key("kind").text("stdout").end_object();
  json.begin_object().key("name").text(ticket_responder).key("kind").text("jira").key("project").text("DEMO");
  json.key("base_url").text("http://" + parts.tickets);
  json.key("token_file").text(ticket_token_in(parts.folder)).end_object();
  json.begin_object().key("name").text(block_responder).key("kind").text("nftables");
  json.key("mode").text(parts.enforcer.empty() ? "shadow" : "auto");
  if (!parts.enforcer.empty()) json.key("socket").text(parts.enforcer);
  json.end_object().end_array();
}

/// Where it really blocks, it does so for a few seconds, so that the end can be seen. Every rule is new here,
/// and would only be watched for a day.
void write_response(JsonWriter& json, const StageParts& parts) {
  json.key("playbooks").begin_array();
  json.begin_object().key("name").text("tell").key("when").raw(R"({"level":"*"})");
  json.key("do").text(ticket_responder).end_object();
  json.begin_object().key("name").text("cut off");
  json.key("when").begin_object().key("tags|contains").text(blocked_tag).key("level|gte").text("high");
  json.end_object().key("do").begin_array();
  json.begin_object().key("responder").text(block_responder).key("target").text("source.ip");
  json.key("for")
      .text(parts.enforcer.empty() ? "15m" : "5s")
      .end_object()
      .end_array()
      .end_object()
      .end_array();
  json.key("guard_rails").raw(R"({"canary":"0s"})");
}

}  // namespace

std::string control_socket_in(const std::string& folder) { return folder + "/control.sock"; }

std::string ticket_token_in(const std::string& folder) { return folder + "/ticket-token"; }

/// JSON is YAML.
std::string stage_configuration(const StageParts& parts) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_sources(json, parts);
  write_responders(json, parts);
  write_response(json, parts);
  json.key("dead_letter").begin_object().key("file").begin_object();
  json.key("path").text(parts.folder + "/dead-letters.jsonl").end_object().end_object();
  json.key("rules").begin_object().key("paths").begin_array().text(parts.rules).end_array().end_object();
  json.key("state").begin_object().key("path").text(parts.folder + "/state").end_object();
  json.key("ledger").begin_object().key("path").text(parts.folder + "/ledger.db").end_object();
  json.key("http").begin_object();
  json.key("listen").text("127.0.0.1:" + std::to_string(parts.http_port)).end_object();
  json.key("control").begin_object().key("socket").text(control_socket_in(parts.folder)).end_object();
  json.end_object();
  return out + "\n";
}

}  // namespace alarum::demo
