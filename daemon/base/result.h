#pragma once

#include "daemon/base/ensure.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// How a function says that the world misbehaved: input, disk, network, configuration. `Result<T>` holds a
/// value or one `Error`; it is spelled like `std::expected`, which C++20 lacks (docs/adr/0002-result.md). Bad
/// records are not errors: they are counted. Our own mistakes are not errors either: `ENSURE` stops the
/// program.
namespace alarum {

/// What kind of trouble it is, for callers that treat kinds differently. The message says the rest.
enum class ErrorCode { invalid, not_found, unsupported, limit, io };

/// One failure: a kind and a sentence for people that names the thing, the value and the expectation.
struct Error {
  ErrorCode code = ErrorCode::invalid;
  std::string message;

  /// The same error, with `context` in front: the caller's part of the story ("rules/a.yml: …").
  Error within(std::string_view context) && {
    message.insert(0, std::string(context) + ": ");
    return std::move(*this);
  }
};

/// A value, or the reason why there is none. Must be looked at.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit on purpose

  /// Whether it is a value and no error.
  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// The value. Asking for it when there is none is our mistake and stops the program.
  T& operator*() & { return value(); }
  const T& operator*() const& { return const_cast<Result*>(this)->value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &**this; }

  /// The error. Asking for it when there is none is our mistake too.
  const Error& error() const& {
    ENSURE(!has_value(), "an error is asked for only where there is one");
    return std::get<1>(state_);
  }
  /// The same, moved out of a temporary.
  Error error() && {
    ENSURE(!has_value(), "an error is asked for only where there is one");
    return std::get<1>(std::move(state_));
  }

 private:
  T& value() {
    ENSURE(has_value(), "a value is asked for only where there is one");
    return std::get<0>(state_);
  }

  std::variant<T, Error> state_;
};

/// Success, or the reason why not.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose

  /// Whether it went well.
  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  /// The error, where there is one.
  const Error& error() const& { return *error_; }
  Error error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace alarum

#define ALARUM_JOIN_INNER(a, b) a##b
#define ALARUM_JOIN(a, b) ALARUM_JOIN_INNER(a, b)
#define ALARUM_TRY(result, declaration, ...)                 \
  auto result = (__VA_ARGS__);                               \
  if (!result.has_value()) return std::move(result).error(); \
  declaration = *std::move(result)
#define ALARUM_TRY_OK(result, ...) \
  if (auto result = (__VA_ARGS__); !result.has_value()) return std::move(result).error()

/// `TRY(const auto files, list(folder));` binds the value, or returns the error to the caller.
#define TRY(declaration, ...) ALARUM_TRY(ALARUM_JOIN(try_result_, __COUNTER__), declaration, __VA_ARGS__)
/// `TRY_OK(check(files));` goes on after success, or returns the error to the caller.
#define TRY_OK(...) ALARUM_TRY_OK(ALARUM_JOIN(try_result_, __COUNTER__), __VA_ARGS__)
