// What reaches the enforcer from outside: bytes of its socket, lines of its state as a damaged disk might
// give them back, what nft lists, and the kernel's messages. Never a crash, and what is understood is written
// again as it was read.
#include "daemon/base/ensure.h"
#include "daemon/enforcer/connections.h"
#include "daemon/enforcer/frame.h"
#include "daemon/enforcer/netlink_dump.h"
#include "daemon/enforcer/nft_changes.h"
#include "daemon/enforcer/nft_listing.h"
#include "daemon/enforcer/request.h"
#include "daemon/enforcer/state_record.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace {

void check_request(std::string_view bytes) {
  const auto request = alarum::enforcer::parse_request(bytes);
  if (!request) return;
  const std::string text = alarum::enforcer::request_text(*request);
  const auto again = alarum::enforcer::parse_request(text);
  ENSURE(again.has_value() && *again == *request, "a request that is spelled anew is the same");
}

void check_line(std::string_view bytes) {
  const auto record = alarum::enforcer::parse_state_line(bytes);
  if (!record) return;
  const auto again = alarum::enforcer::parse_state_line(alarum::enforcer::state_line(*record));
  ENSURE(again.has_value() && *again == *record, "a line that is written anew is the same");
}

void check_listing(std::string_view bytes) {
  const auto listing = alarum::enforcer::parse_nft_listing(bytes);
  if (!listing) return;
  ENSURE(listing->skeleton.size() <= bytes.size(), "a listing has no more than was listed");
  const auto again = alarum::enforcer::parse_nft_listing(listing->skeleton);
  ENSURE(!again || again->entries.empty(), "a skeleton has no elements");
}

void check_messages(std::string_view bytes) {
  alarum::enforcer::Connections connections;
  alarum::enforcer::NftTransactions transactions("alarum");
  std::size_t size = 0;
  const auto read = alarum::enforcer::each_netlink_message(
      std::as_bytes(std::span(bytes)), [&](const auto& header, alarum::enforcer::NetlinkMessage body) {
        size += body.size();
        static_cast<void>(alarum::enforcer::netlink_outcome(header, body));
        connections.take(body);
        transactions.take(header.type, body);
        return alarum::Status();
      });
  ENSURE(!read || size <= bytes.size(), "messages have no more bytes than were received");
  static_cast<void>(connections.opened_here());
  static_cast<void>(transactions.take_count());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_request(bytes);
  check_line(bytes);
  check_listing(bytes);
  check_messages(bytes);
  std::string stream(bytes);
  for (;;) {
    const auto text = alarum::enforcer::take_frame(stream);
    if (!text || !*text) return 0;
    check_request(**text);
  }
}
