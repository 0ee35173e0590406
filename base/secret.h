// A value that must not be printed: client secrets, keys, passwords, tokens. It cannot be streamed
// or formatted, and its memory is wiped when it goes.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/crypto.h>

namespace latchkey {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) { wipe(value); }
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe(value_);
      value_ = other.value_;
    }
    return *this;
  }
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { wipe(other.value_); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe(value_);
      value_ = std::move(other.value_);
      wipe(other.value_);
    }
    return *this;
  }
  ~Secret() { wipe(value_); }

  // The value itself. Each call is a place to look at in a review.
  [[nodiscard]] std::string_view reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  // The whole buffer: a short string that was moved from or shortened still has its bytes there.
  static void wipe(std::string& value) noexcept {
    // Never allocates; what was moved from may be resized like any other string.
    value.resize(value.capacity());  // NOLINT(clang-analyzer-cplusplus.Move)
    OPENSSL_cleanse(value.data(), value.size());
    value.clear();
  }
  std::string value_;
};

}  // namespace latchkey
