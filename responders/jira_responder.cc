#include "responders/jira_responder.h"

#include "responders/foreign_text.h"
#include "responders/http_responder.h"
#include "responders/jira.h"
#include "responders/jira_answer.h"

#include <functional>
#include <map>
#include <utility>
#include <variant>

namespace alarum {
namespace {

using Type = Option::Type;

/// Jira finds a new ticket only after some seconds.
constexpr Duration index_delay = std::chrono::minutes(1);
constexpr std::size_t known_max = 10'000;
constexpr std::size_t why_units_max = 400;
constexpr std::string_view end_state = "resolved";

ActionResult ended(ActionVerdict verdict, const std::string& why) {
  return {.verdict = verdict, .why = shown(why, Lines::one, why_units_max)};
}

class JiraResponder final : public Responder {
 public:
  JiraResponder(JiraTarget target, std::string close_transition, HttpPatience patience, HttpSend send,
                Clock& clock)
      : target_(std::move(target)),
        close_transition_(std::move(close_transition)),
        patience_(patience),
        send_(std::move(send)),
        clock_(clock),
        begun_(clock.steady()),
        begun_at_(clock.wall()) {}

  ActionResult act(const Action& action, std::stop_token stop) override {
    if (!has_jira_label(action.notice.incident_id))
      return ended(ActionVerdict::failed,
                   "what it is about has no id of hex digits, so that its ticket could "
                   "not be found again");
    const auto known = known_.find(action.notice.incident_id);
    std::optional<std::string> issue;
    if (known != known_.end()) issue = known->second.issue;
    if (!issue) {
      if (auto end = find(action, stop, issue)) return beside_doubt(*std::move(end), action);
    }
    if (!issue && action.is_end) return {.verdict = ActionVerdict::done, .why = "there is no ticket to end"};
    if (!issue) return create(action, stop);
    if (auto end = comment(action, *issue, stop))
      return with_key(beside_doubt(*std::move(end), action), *issue);
    return with_key(close(action, *issue, stop), *issue);
  }

  ActionResult undo(const Action&, std::stop_token) override { return cannot_take_back("a ticket"); }

  ActionResult test(std::stop_token stop) override {
    const std::string nobody(32, '0');
    auto found = asked(jira_search(target_, nobody), stop, read_jira_search);
    if (auto* const end = std::get_if<ActionResult>(&found)) return *end;
    return {
        .verdict = ActionVerdict::done,
        .why = "tickets of the project can be searched; none was made, so the right to do so was not tried"};
  }

 private:
  using End = std::optional<ActionResult>;
  static ActionResult with_key(ActionResult result, const std::string& issue) {
    result.reference = issue;
    return result;
  }

  HttpOutcome send(HttpRequest request, const std::stop_token& stop) {
    patience_.apply(request);
    return send_(request, stop);
  }

  /// What a question is answered, or how the action ends without: nothing has happened by it, so it is worth
  /// another attempt unless Jira refuses.
  template <class Value>
  std::variant<Value, ActionResult> asked(const HttpRequest& request, const std::stop_token& stop,
                                          const std::function<Result<Value>(const HttpResponse&)>& read) {
    const HttpOutcome outcome = send(request, stop);
    ActionResult end = action_result(outcome, target_.base_url, clock_.wall());
    if (end.verdict == ActionVerdict::in_doubt) end.verdict = ActionVerdict::not_done;
    const HttpResponse* const response = outcome.response();
    if (response == nullptr) return end;
    auto value = read(*response);
    if (value) return *std::move(value);
    if (end.verdict == ActionVerdict::done) end.verdict = ActionVerdict::not_done;
    end.why = shown(value.error().message, Lines::one, why_units_max);
    return end;
  }
  template <class Value>
  std::variant<Value, ActionResult> asked(const HttpRequest& request, const std::stop_token& stop,
                                          Result<Value> (*read)(const HttpResponse&)) {
    return asked<Value>(request, stop, std::function<Result<Value>(const HttpResponse&)>(read));
  }

  /// How a change ends; `read` says whether a 2xx is the answer to it. One that is not may have been one.
  ActionResult changed(const HttpOutcome& outcome, const Status& read) {
    ActionResult out = action_result(outcome, target_.base_url, clock_.wall());
    if (read || outcome.response() == nullptr) return out;
    if (out.verdict == ActionVerdict::done) out.verdict = ActionVerdict::in_doubt;
    out.why = shown(read.error().message, Lines::one, why_units_max);
    return out;
  }

  /// Looks for the incident's ticket.
  End find(const Action& action, const std::stop_token& stop, std::optional<std::string>& issue) {
    auto found = asked(jira_search(target_, action.notice.incident_id), stop, read_jira_search);
    if (auto* const end = std::get_if<ActionResult>(&found)) return *end;
    issue = std::get<std::optional<std::string>>(found);
    if (issue) {
      remember(action.notice.incident_id, *issue);
      return std::nullopt;
    }
    // Another action of the incident may be the one in doubt, or may have created the ticket in the process
    // before this one.
    const auto doubt = doubts_.find(action.notice.incident_id);
    const bool is_older = action.notice.opened && *action.notice.opened < begun_at_;
    if (!action.may_be_done && !is_older && doubt == doubts_.end()) return std::nullopt;
    // When the attempt in doubt was, only the process knows that made it.
    const Duration since = clock_.steady() - (doubt == doubts_.end() ? begun_ : doubt->second);
    if (since >= index_delay) return std::nullopt;
    ActionResult end =
        ended(ActionVerdict::not_done, "a ticket may have been created, and Jira would not find it yet");
    end.wait = index_delay - since;
    return end;
  }

  ActionResult create(const Action& action, const std::stop_token& stop) {
    const HttpOutcome outcome = send(jira_create(target_, action.notice), stop);
    const HttpResponse* const response = outcome.response();
    std::string issue;
    Status read;
    if (response != nullptr) {
      auto created = read_jira_created(*response);
      if (created) {
        issue = *std::move(created);
      } else {
        read = std::move(created).error();
      }
    }
    ActionResult out = changed(outcome, read);
    if (out.verdict == ActionVerdict::in_doubt) {
      make_room();
      doubts_[action.notice.incident_id] = clock_.steady();
      out.wait = index_delay;
    }
    if (out.verdict != ActionVerdict::done) return out;
    remember(action.notice.incident_id, issue);
    return with_key(close(action, issue, stop), issue);
  }

  /// Adds the comment unless it is there; nothing where it is then.
  End comment(const Action& action, const std::string& issue, const std::stop_token& stop) {
    if (action.may_be_done || action.attempt > 1) {
      auto is_there = asked<bool>(jira_comments(target_, issue), stop, [&](const HttpResponse& response) {
        return read_jira_comments(response, action.notice.action_id);
      });
      if (auto* const end = std::get_if<ActionResult>(&is_there)) return *end;
      if (std::get<bool>(is_there)) return std::nullopt;
      auto made = asked<bool>(jira_labels(target_, issue), stop, [&](const HttpResponse& response) {
        return read_jira_labels(response, action.notice.action_id);
      });
      if (auto* const end = std::get_if<ActionResult>(&made)) return *end;
      if (std::get<bool>(made)) return std::nullopt;
    }
    const HttpOutcome outcome = send(jira_comment(target_, issue, action.notice), stop);
    const HttpResponse* const response = outcome.response();
    const ActionResult out =
        changed(outcome, response == nullptr ? Status() : read_jira_commented(*response));
    return out.verdict == ActionVerdict::done ? End() : End(out);
  }

  /// Takes the ticket of a resolved incident to its end, and looks whether it is there.
  ActionResult close(const Action& action, const std::string& issue, const std::stop_token& stop) {
    if (close_transition_.empty() || action.notice.state != end_state)
      return {.verdict = ActionVerdict::done};
    auto before = asked(jira_state(target_, issue), stop, read_jira_state);
    if (auto* const end = std::get_if<ActionResult>(&before)) return half_done(*end);
    if (std::get<JiraState>(before).is_done) return {.verdict = ActionVerdict::done};
    auto id = asked<std::string>(jira_transitions(target_, issue), stop, [&](const HttpResponse& response) {
      return read_jira_transitions(response, close_transition_);
    });
    if (auto* const end = std::get_if<ActionResult>(&id)) return half_done(*end);
    const HttpOutcome outcome = send(jira_transition(target_, issue, std::get<std::string>(id)), stop);
    const HttpResponse* const response = outcome.response();
    const ActionResult made =
        changed(outcome, response == nullptr ? Status() : read_jira_transitioned(*response));
    if (made.verdict != ActionVerdict::done) return half_done(made);
    auto after = asked(jira_state(target_, issue), stop, read_jira_state);
    if (auto* const end = std::get_if<ActionResult>(&after)) return half_done(*end);
    const JiraState& state = std::get<JiraState>(after);
    if (state.is_done) return {.verdict = ActionVerdict::done};
    return ended(ActionVerdict::failed, "the ticket is in the state '" + state.status +
                                            "' after its transition, which does not end it");
  }

  /// The ticket or comment is there, the ticket's end is not: the next attempt has to look for both.
  static ActionResult half_done(ActionResult end) {
    if (end.verdict == ActionVerdict::not_done) end.verdict = ActionVerdict::in_doubt;
    return end;
  }

  void remember(const std::string& incident_id, const std::string& issue) {
    make_room();
    known_[incident_id] = {issue, clock_.steady()};
    doubts_.erase(incident_id);
  }

  /// Forgets what Jira finds by now.
  void make_room() {
    const Duration found_since = clock_.steady() - index_delay;
    if (known_.size() >= known_max)
      std::erase_if(known_, [&](const auto& one) { return one.second.since < found_since; });
    if (doubts_.size() >= known_max)
      std::erase_if(doubts_, [&](const auto& one) { return one.second < found_since; });
  }

  /// A ticket, and since when we know it.
  struct Known {
    std::string issue;
    Duration since{};
  };

  JiraTarget target_;
  std::string close_transition_;
  HttpPatience patience_;
  HttpSend send_;
  Clock& clock_;
  Duration begun_;                          // of this process: nothing is known of attempts before
  Timestamp begun_at_;                      // the same as a time of day
  std::map<std::string, Known> known_;      // incident → ticket
  std::map<std::string, Duration> doubts_;  // incident → when a ticket may have been created
};

std::optional<std::string> authorization_of(const ResponderParts& parts) {
  const std::string user = parts.entry.value("user").text();
  if (parts.entry.at("token_file").origin.is_default()) {
    parts.problems.entry(
        "missing_key", "'responders[].token_file' is missing",
        "name the file with the user's API token, or without a user a personal access token");
    return std::nullopt;
  }
  const auto token = parts.secrets.texts_of(parts.entry, "token_file");
  if (!token) return std::nullopt;
  return user.empty() ? "Bearer " + token->front() : basic_authorization(user, token->front());
}

/// The text of a key that this kind needs.
std::string needed(const ResponderParts& parts, std::string_view key) {
  std::string out = parts.entry.value(key).text();
  if (out.empty())
    parts.problems.entry("missing_key", "'responders[]." + std::string(key) + "' is missing",
                         "it takes a text");
  return out;
}

std::unique_ptr<Responder> make(const ResponderParts& parts) {
  JiraTarget target;
  target.base_url = needed(parts, "base_url");
  while (target.base_url.ends_with('/')) target.base_url.pop_back();
  if (!target.base_url.empty()) check_url(parts, "base_url", target.base_url);
  target.edition =
      parts.entry.value("edition").text() == "server" ? JiraEdition::data_center : JiraEdition::cloud;
  target.project = needed(parts, "project");
  target.issue_type = parts.entry.value("issue_type").text();
  auto authorization = authorization_of(parts);
  auto send = http_send(parts);
  if (!authorization || !send || parts.problems.count() > 0) return nullptr;
  target.authorization = *std::move(authorization);
  return std::make_unique<JiraResponder>(std::move(target), parts.entry.value("close_transition").text(),
                                         http_patience(parts.entry), *std::move(send), parts.ports.clock);
}

std::vector<Option> jira_options() {
  return {{.name = "base_url",
           .type = Type::text,
           .example = "https://example.atlassian.net",
           .help = "Where the Jira is."},
          {.name = "edition",
           .type = Type::word,
           .default_value = {"cloud"},
           .words = {"cloud", "server"},
           .help = "Which Jira it is: Atlassian's, or one that people run themselves."},
          {.name = "user",
           .type = Type::text,
           .example = "alarum@example.org",
           .help = "Whose token it is. Without it the token is sent as a personal access token."},
          {.name = "token_file",
           .type = Type::text,
           .example = "/etc/alarum/jira-token",
           .help = "The file with the token. A relative path begins at $CREDENTIALS_DIRECTORY where that is "
                   "set."},
          {.name = "project", .type = Type::text, .example = "SOC", .help = "The key of the project."},
          {.name = "issue_type",
           .type = Type::text,
           .default_value = {"Task"},
           .help = "The name of the type of its tickets."},
          {.name = "close_transition",
           .type = Type::text,
           .example = "Done",
           .help = "The name of the transition that ends the ticket of a resolved incident. Without it "
                   "tickets stay open."}};
}

}  // namespace

ResponderKind jira_kind() {
  ResponderKind out;
  out.name = "jira";
  out.nature = ResponderNature::telling;
  out.delivery = [](const SectionValue&) { return DeliveryClass::keyed; };
  out.help = "create a ticket for the incident, and comment on it";
  out.options = jira_options();
  for (Option& option : http_options()) out.options.push_back(std::move(option));
  out.ends_what_it_told = [](const SectionValue& entry) {
    return !entry.value("close_transition").text().empty();
  };
  out.make = make;
  return out;
}

}  // namespace alarum
