#include "config/secret.h"

#include "daemon/base/digest.h"
#include "daemon/base/file.h"
#include "daemon/base/utf8.h"

#include <algorithm>
#include <array>

namespace alarum {
namespace {

constexpr std::size_t secret_size_max = 64 << 10;
/// How much of a file is compared: certificates of authorities are longer than secrets.
constexpr std::size_t digest_size_max = 4 << 20;
constexpr std::string_view folder_variable = "CREDENTIALS_DIRECTORY=";
/// What a key has in its name whose value may be a secret.
constexpr std::array<std::string_view, 3> marks = {"password", "secret", "ssl.key.pem"};

void report(const Setting& files, const NamedText& file, std::string message) {
  files.origin.source->error(file.position, "unreadable_secret",
                             "the property '" + file.name + "': " + std::move(message));
}

std::string without_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

/// Of the same size as `text`, unlike its folded form.
std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

bool has_name(const Properties& properties, std::string_view name) {
  return std::any_of(properties.begin(), properties.end(),
                     [&](const auto& property) { return property.first == name; });
}

}  // namespace

SecretFiles::SecretFiles(Secrets secrets, std::span<const std::string> environment) : secrets_(secrets) {
  for (const std::string& variable : environment) {
    if (variable.starts_with(folder_variable)) folder_ = variable.substr(folder_variable.size());
  }
}

std::string SecretFiles::path_of(const std::string& path) const {
  return path.starts_with('/') || folder_.empty() ? path : folder_ + "/" + path;
}

Properties SecretFiles::properties_of(const SectionValue& section) const {
  Properties out;
  for (const NamedText& property : section.value("properties").named_texts)
    out.emplace_back(property.name, property.text);
  const Setting& files = section.at("properties_files");
  for (const NamedText& file : files.value.named_texts) {
    if (has_name(out, file.name)) {
      report(files, file, "it is in 'properties' as well");
      continue;
    }
    if (secrets_ == Secrets::leave) continue;
    auto text = text_of(file.text);
    if (text) {
      out.emplace_back(file.name, *std::move(text));
    } else {
      report(files, file, text.error().message);
    }
  }
  return out;
}

Result<std::string> SecretFiles::text_of(const std::string& path) const {
  TRY(std::string text, read_file(path_of(path), secret_size_max + 1));
  const bool is_large = text.size() > secret_size_max;
  std::string secret = without_newline(std::move(text));
  if (!secret.empty() && !is_large) return secret;
  const std::string what =
      is_large ? "' is larger than " + std::to_string(secret_size_max) + " bytes" : "' is empty";
  return Error{ErrorCode::invalid, "'" + path_of(path) + what};
}

std::optional<std::vector<std::string>> SecretFiles::texts_of(const SectionValue& section,
                                                              std::string_view key) const {
  if (secrets_ == Secrets::leave) return std::nullopt;
  const Setting& paths = section.at(key);
  std::vector<std::string> out;
  bool is_whole = true;
  for (const std::string& path : paths.value.texts) {
    auto text = text_of(path);
    if (text) {
      out.push_back(*std::move(text));
      continue;
    }
    is_whole = false;
    paths.origin.source->error(paths.origin.value, "unreadable_secret",
                               "'" + std::string(key) + "': " + text.error().message);
  }
  if (!is_whole) return std::nullopt;
  return out;
}

std::string SecretFiles::digest_of(const std::vector<std::string>& paths) const {
  if (secrets_ == Secrets::leave) return "";
  std::string out;
  for (const std::string& path : paths) {
    const auto text = read_file(path_of(path), digest_size_max);
    out += sha256_hex(text ? *text : "");
  }
  return out;
}

std::string without_secrets(std::string line) {
  const std::string lower_line = lower(line);
  std::size_t begin = line.size();
  for (const std::string_view mark : marks) {
    const std::size_t key = lower_line.find(mark);
    if (key == std::string::npos) continue;
    const std::size_t colon = lower_line.find(':', key);
    if (colon != std::string::npos) begin = std::min(begin, colon + 1);
  }
  std::string out = line.substr(0, begin);
  for (std::size_t at = begin; at < line.size(); at += code_point_at(line, at).size)
    out += line[at] == ' ' ? ' ' : '*';
  return out;
}

}  // namespace alarum
