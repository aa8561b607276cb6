#pragma once

#include "config/kind_options.h"
#include "config/secret.h"
#include "config/section_value.h"
#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/http_client/http_client.h"
#include "responders/responder.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

/// What a kind of responder is: its name, what can be promised of it, its options, and how one is made of
/// them. A new kind is a file with such a description and a line in responder_kinds.cc.
namespace alarum {

/// Sends a request and waits for its answer, as `HttpClient::send` does.
using HttpSend = std::function<HttpOutcome(const HttpRequest& request, std::stop_token stop)>;

/// What responders need of the world.
struct ResponderPorts {
  Clock& clock;
  /// A client of its own with these options, which one thread may use.
  std::function<Result<HttpSend>(HttpClient::Options options)> http;
};

/// Tells what is wrong with an entry of `responders` where it is written.
class EntryProblems {
 public:
  explicit EntryProblems(const SectionValue& entry) : entry_(entry) {}

  /// The entry as a whole, such as that something is missing.
  void entry(std::string_view reason, std::string message, std::string hint);
  /// What a key says.
  void value(std::string_view key, std::string_view reason, const std::string& why, std::string hint);

  /// How many there were.
  std::size_t count() const { return count_; }

 private:
  const SectionValue& entry_;
  std::size_t count_ = 0;
};

/// What a responder is made of.
struct ResponderParts {
  const SectionValue& entry;  ///< of `responders`; not to be kept
  const SecretFiles& secrets;
  const ResponderPorts& ports;
  EntryProblems& problems;
};

/// A kind of responder that is driven by incidents.
struct ResponderKind {
  std::string_view name;
  ResponderNature nature = ResponderNature::telling;
  DeliveryClass (*delivery)(const SectionValue& entry) = nullptr;
  std::string_view help;  ///< what it does: goes on after the name and a colon, without a full stop
  std::vector<Option> options = {};  ///< its keys, but for `mode`, which every kind that acts has
  std::vector<std::string_view> at_most_one = {};
  /// Whether it ends what it told of an incident once that is resolved; null: no.
  bool (*ends_what_it_told)(const SectionValue& entry) = nullptr;
  /// A responder, which has not connected anywhere yet; null where something is wrong, which the problems
  /// have then, or where secrets are not read. The ports outlive the responder.
  std::unique_ptr<Responder> (*make)(const ResponderParts& parts) = nullptr;
};

/// Whether what `kind` makes acts by itself, and so has a mode.
inline bool is_acting(const ResponderKind& kind) { return is_acting(kind.nature); }

}  // namespace alarum
