#pragma once

#include "daemon/enforcer/block_table.h"
#include "daemon/enforcer/nft_changes.h"
#include "daemon/enforcer/nft_commands.h"
#include "daemon/enforcer/nft_listing.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace alarum::enforcer {

/// The table `inet alarum` of the kernel: single addresses in hash sets `b4` and `b6`, networks in interval
/// sets `c4` and `c6`, each element with its time, and a chain that drops what comes from them before
/// connections are tracked, so that established ones end too. Never `auto-merge`: it gives neighbours each
/// other's times (docs/adr/0012-enforcer.md). No other table is touched. One thread.
class NftTable final : public BlockTable {
 public:
  /// The table's name.
  static constexpr std::string_view name = "alarum";

  /// Uses this context, and hears from `changes` what others do; without them it hears nothing.
  NftTable(NftCommands commands, std::optional<NftChanges> changes)
      : commands_(std::move(commands)), changes_(std::move(changes)) {}

  Status rebuild(std::span<const TableEntry> entries) override;
  Status put(const TableEntry& entry) override;
  Status remove(const IpNetwork& target) override;
  Status flush() override;
  Status drop() override;
  bool was_changed() override;
  Result<TableListing> list() override;

 private:
  Status run(const std::string& commands);
  void hear_changes();
  Result<NftListing> read();

  NftCommands commands_;
  std::optional<NftChanges> changes_;
  std::string skeleton_;       // of a table that this process made, once it made one
  std::size_t own_count_ = 0;  // transactions that `changes_` was not asked about
  bool is_changed_ = false;    // by somebody else, since `was_changed` was asked
};

}  // namespace alarum::enforcer
