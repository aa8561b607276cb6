// Rules are written by people and by strangers: whatever the document, it loads or says why not, and a rule
// that loads can be asked and explained, with one verdict.
#include "config/yaml_source.h"
#include "daemon/base/ensure.h"
#include "daemon/event/event_decoder.h"
#include "daemon/sigma/explanation.h"
#include "daemon/sigma/predicate.h"
#include "daemon/sigma/rule_parser.h"

#include <cstdint>

namespace alarum {
namespace {

constexpr std::string_view record_text =
    R"({"Image":"C:\\Windows\\cmd.exe","CommandLine":"cmd /c whoami -all","n":5,"t":"2026-01-02T03:04:05Z",)"
    R"("ip":"192.0.2.7","list":["a",null,{"x":1}],"none":null,"yes":true})";

void check(sigma::Rule rule, const FieldTable& fields) {
  const BoundFormat format(make_fixed_format(rule.log_source), fields);
  EventDecoder decoder(format, {});
  Record record;
  record.bytes = record_text;
  ENSURE(!decoder.decode(record, std::nullopt), "the record is an event");
  const bool holds = sigma::holds(rule, decoder.event());
  const auto explanation = sigma::explain(rule, decoder.event());
  ENSURE(holds == (explanation.verdict == sigma::Verdict::yes),
         "the explanation tells what the predicate says");
}

}  // namespace
}  // namespace alarum

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alarum;  // NOLINT: one function
  const SourceFile file{"fuzz.yml", std::string(reinterpret_cast<const char*>(data), size)};
  Diagnostics diagnostics(file);
  for (const YamlDocument& document : parse_yaml(file, diagnostics)) {
    if (sigma::document_kind(document.root) != sigma::DocumentKind::detection) continue;
    FieldTable fields;
    const std::size_t errors_before = diagnostics.error_count();
    auto rule = sigma::parse_rule(document.root, fields, diagnostics);
    ENSURE(rule.has_value() == (diagnostics.error_count() == errors_before),
           "a rule is rejected with a reason");
    if (rule) check(*std::move(rule), fields);
  }
  for (const Diagnostic& problem : diagnostics.items())
    ENSURE(!problem.to_text().empty(), "problems have text");
  return 0;
}
