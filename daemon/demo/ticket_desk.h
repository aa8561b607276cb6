#pragma once

#include "daemon/demo/loopback_server.h"

#include <string>
#include <string_view>
#include <vector>

namespace alarum::demo {

/// A stand-in for a Jira: it keeps tickets in memory, and speaks as much of Jira's REST API (version 3, that
/// of the cloud) as alarumd's responder `jira` asks for to create a ticket once, and to find it again. It
/// asks nobody for a password. At `/` and `/browse/KEY` it shows them as text. One thread.
class TicketDesk {
 public:
  /// What it answers.
  HttpAnswer answer(const HttpQuestion& question);

  /// A line for each ticket that was created since the last call: its key and summary, safe for a terminal.
  std::vector<std::string> take_news();

 private:
  struct Ticket {
    std::string key;
    std::string summary;
    std::vector<std::string> labels;
    std::vector<std::string> description;  ///< its lines
  };

  HttpAnswer create(std::string_view body);
  HttpAnswer search(std::string_view body) const;
  HttpAnswer about(std::string_view issue_path) const;
  HttpAnswer show_all() const;
  static std::string text_of(const Ticket& ticket);
  const Ticket* find(std::string_view key) const;

  std::vector<Ticket> tickets_;
  std::vector<std::string> news_;
};

}  // namespace alarum::demo
