#include "daemon/enforcer/nft_table.h"

#include "daemon/base/ensure.h"
#include "daemon/enforcer/nft_listing.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

namespace alarum::enforcer {
namespace {

// Sizes are far above what the policy can allow: a full set would refuse a block that the caps let through.
constexpr std::string_view make_table =
    "add table inet alarum\n"
    "delete table inet alarum\n"
    "add table inet alarum\n"
    "add counter inet alarum dropped\n"
    "add set inet alarum b4 { type ipv4_addr; flags timeout; size 262144; }\n"
    "add set inet alarum b6 { type ipv6_addr; flags timeout; size 262144; }\n"
    "add set inet alarum c4 { type ipv4_addr; flags interval, timeout; size 4096; }\n"
    "add set inet alarum c6 { type ipv6_addr; flags interval, timeout; size 4096; }\n"
    "add chain inet alarum prerouting { type filter hook prerouting priority raw; policy accept; }\n"
    "add rule inet alarum prerouting ip saddr @b4 counter name \"dropped\" drop\n"
    "add rule inet alarum prerouting ip6 saddr @b6 counter name \"dropped\" drop\n"
    "add rule inet alarum prerouting ip saddr @c4 counter name \"dropped\" drop\n"
    "add rule inet alarum prerouting ip6 saddr @c6 counter name \"dropped\" drop\n";

// The table as nft 1.0.6 lists it. All of it counts: somebody else's rule could let through what ours drop,
// and a table that is dormant drops nothing.
constexpr std::string_view known_skeleton =
    "table inet alarum {\n"
    "\tcounter dropped {\n\t}\n\n"
    "\tset b4 {\n\t\ttype ipv4_addr\n\t\tsize 262144\n\t\tflags timeout\n\t}\n\n"
    "\tset b6 {\n\t\ttype ipv6_addr\n\t\tsize 262144\n\t\tflags timeout\n\t}\n\n"
    "\tset c4 {\n\t\ttype ipv4_addr\n\t\tsize 4096\n\t\tflags interval,timeout\n\t}\n\n"
    "\tset c6 {\n\t\ttype ipv6_addr\n\t\tsize 4096\n\t\tflags interval,timeout\n\t}\n\n"
    "\tchain prerouting {\n"
    "\t\ttype filter hook prerouting priority -300; policy accept;\n"
    "\t\tip saddr @b4 counter name \"dropped\" drop\n"
    "\t\tip6 saddr @b6 counter name \"dropped\" drop\n"
    "\t\tip saddr @c4 counter name \"dropped\" drop\n"
    "\t\tip6 saddr @c6 counter name \"dropped\" drop\n"
    "\t}\n"
    "}\n";

/// Eight groups for IPv6: nft does not read the dots that a short spelling may have.
std::string spelling(const IpNetwork& target) {
  if (target.is_ipv4()) return target.to_text();
  std::string out;
  for (std::size_t i = 0; i < target.base().bytes.size(); i += 2) {
    std::array<char, 6> group{};
    std::snprintf(group.data(), group.size(), "%s%x", i == 0 ? "" : ":",
                  static_cast<unsigned>(target.base().bytes[i] << 8U | target.base().bytes[i + 1]));
    out += group.data();
  }
  return target.is_single() ? out : out + "/" + std::to_string(target.prefix_bits());
}

std::string command(std::string_view verb, const IpNetwork& target, const std::string& more = {}) {
  return std::string(verb) + " element inet alarum " + std::string(nft_set_of(target)) + " { " +
         spelling(target) + more + " }\n";
}

/// The kernel counts whole milliseconds; none would mean for ever.
std::string with_time(const TableEntry& entry) {
  ENSURE(entry.left.has_value(), "every block of ours has an end");
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(*entry.left).count();
  return " timeout " + std::to_string(std::max<std::int64_t>(milliseconds, 1)) + "ms";
}

}  // namespace

Status NftTable::rebuild(std::span<const TableEntry> entries) {
  std::string commands(make_table);
  for (const TableEntry& entry : entries) commands += command("add", entry.target, with_time(entry));
  TRY_OK(run(commands));
  if (!skeleton_.empty()) return {};
  // Another release of the library may list the same table in other words: those of one just made are right,
  // unless somebody else touched it meanwhile.
  const auto made = read();
  hear_changes();
  if (made && !is_changed_) skeleton_ = made->skeleton;
  return {};
}

/// Kernels before 6.12 keep the old time of an element that is added again, so it is taken out first; and
/// what is not there cannot be taken out, so it is added before that. In one transaction no packet sees any
/// of it.
Status NftTable::put(const TableEntry& entry) {
  return run(command("add", entry.target) + command("delete", entry.target) +
             command("add", entry.target, with_time(entry)));
}

Status NftTable::remove(const IpNetwork& target) {
  return run(command("add", target) + command("delete", target));
}

Status NftTable::flush() {
  std::string commands;
  for (const std::string_view set : {"b4", "b6", "c4", "c6"})
    commands.append("flush set inet alarum ").append(set).append("\n");
  return run(commands);
}

Status NftTable::drop() { return run("add table inet alarum\ndelete table inet alarum\n"); }

bool NftTable::was_changed() {
  hear_changes();
  return std::exchange(is_changed_, false);
}

void NftTable::hear_changes() {
  const std::size_t own_count = std::exchange(own_count_, 0);
  if (changes_ && changes_->take(own_count)) is_changed_ = true;
}

Result<TableListing> NftTable::list() {
  // The error for a table that is not there could not be told from others; the list of tables tells.
  TRY(const std::string tables, commands_.run("list tables inet\n"));
  if (("\n" + tables).find("\ntable inet alarum\n") == std::string::npos) return TableListing{};
  TRY(NftListing found, read());
  const bool is_intact = found.skeleton == (skeleton_.empty() ? known_skeleton : skeleton_);
  return TableListing{is_intact, std::move(found.entries)};
}

Result<NftListing> NftTable::read() {
  TRY(const std::string text, commands_.run("list table inet alarum\n"));
  return parse_nft_listing(text);
}

Status NftTable::run(const std::string& commands) {
  TRY_OK(commands_.run(commands));
  ++own_count_;
  return {};
}

}  // namespace alarum::enforcer
