#include "daemon/enforcer/nft_commands.h"

#include <nftables/libnftables.h>
#include <string_view>
#include <utility>

namespace alarum::enforcer {
namespace {

struct Freer {
  void operator()(nft_ctx* context) const { nft_ctx_free(context); }
};

/// "Error: Could not process rule: Operation not permitted", without the commands that are repeated below it.
std::string first_line(const char* text) {
  const std::string_view all = text == nullptr ? std::string_view() : std::string_view(text);
  return std::string(all.substr(0, all.find('\n')));
}

}  // namespace

struct NftCommands::Context {
  std::unique_ptr<nft_ctx, Freer> handle;
};

NftCommands::NftCommands(std::unique_ptr<Context> context) : context_(std::move(context)) {}
NftCommands::NftCommands(NftCommands&& other) noexcept = default;
NftCommands::~NftCommands() = default;

Result<NftCommands> NftCommands::open() {
  auto context = std::make_unique<Context>();
  context->handle.reset(nft_ctx_new(NFT_CTX_DEFAULT));
  if (!context->handle) return Error{ErrorCode::io, "libnftables cannot be used"};
  nft_ctx* const handle = context->handle.get();
  nft_ctx_output_set_flags(handle, NFT_CTX_OUTPUT_NUMERIC_PRIO);
  if (nft_ctx_buffer_output(handle) != 0 || nft_ctx_buffer_error(handle) != 0)
    return Error{ErrorCode::limit, "libnftables cannot keep what it prints"};
  return NftCommands(std::move(context));
}

Result<std::string> NftCommands::run(const std::string& commands) {
  nft_ctx* const handle = context_->handle.get();
  const int status = nft_run_cmd_from_buffer(handle, commands.c_str());
  // Reading a buffer empties it, so both are read whatever came of it.
  const char* const printed = nft_ctx_get_output_buffer(handle);
  std::string output(printed == nullptr ? "" : printed);
  const std::string complaint = first_line(nft_ctx_get_error_buffer(handle));
  if (status != 0) return Error{ErrorCode::io, complaint.empty() ? "nftables refused" : complaint};
  return output;
}

}  // namespace alarum::enforcer
