#pragma once

#include "daemon/base/ask.h"
#include "daemon/base/descriptor.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// What came of asking over a connection.
struct FrameAnswer {
  Result<std::string> text;  ///< the answer, which is text of another process; or why there is none
  bool is_sent = false;      ///< the whole request went out, once or twice: what it asks for may be done
};

/// Whether a request has one effect however often it arrives.
enum class Repeatable : std::uint8_t { no, yes };

/// A connection to a program that answers over a Unix socket, in frames. It stays open from one request to
/// the next; one that is broken is made anew. Who listens there is looked at whenever it is made, as `ask`
/// does. One thread.
class FrameConnection {
 public:
  /// Connects with the first request.
  FrameConnection(std::string socket, Answerer answerer);

  /// Sends one request and waits for its answer: for connecting `patience` at most, for all of it
  /// `answer_patience`, and no longer than `stop` is not requested, from any thread. Where a connection that
  /// was open turns out to be broken the request is sent once more, unless it may have arrived and is not
  /// repeatable. Without an answer the connection is closed: one that comes late must not be taken for the
  /// next one's.
  FrameAnswer ask(const std::string& request, Repeatable repeatable, const std::stop_token& stop);

  /// The same with several requests, which are sent before the first is answered: who answers can deal with
  /// them together. Their answers, in their order, each of which is waited for as long as for one alone, from
  /// the one before on. They are few enough, and so are their answers, that both fit into what a socket
  /// holds.
  std::vector<FrameAnswer> ask_all(std::span<const std::string> requests, Repeatable repeatable,
                                   const std::stop_token& stop);

 private:
  class Waiting;
  bool is_sound() const;
  void ask_once(std::span<const std::string> requests, std::span<FrameAnswer> answers, Waiting& waiting);
  Status open();
  Status send_all(std::string_view bytes, std::size_t& sent, const Waiting& waiting);
  Result<std::string> receive(std::string& received, const Waiting& waiting);

  std::string socket_;
  Answerer answerer_;
  Descriptor connection_;
};

}  // namespace alarum
