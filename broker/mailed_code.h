// Codes of six characters that a person types from a mail (DESIGN section 10). Few enough to guess
// in time, they live ten minutes and five tries; who uses them keeps count. The database holds a
// keyed MAC over the code and what it is for, so that neither a reader of the database nor a code
// made for something else gets in.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/keyring.h"
#include "base/random.h"

namespace latchkey::broker {

class MailedCodes {
 public:
  static constexpr std::chrono::minutes kLifetime{10};
  static constexpr int kMaxTries = 5;

  MailedCodes(const Keyring& keyring, std::string_view purpose, Random& random)
      : signer_(keyring, purpose), random_(random) {}

  // Six characters without look-alikes (no 0 O 1 I L U): 729 million codes.
  [[nodiscard]] std::string draw() const;
  // 32 bytes. `context` names the one thing that the code proves.
  [[nodiscard]] std::string mac(std::string_view context, std::string_view code) const;
  // `typed` may be in lower case and have spaces or hyphens in it. In constant time.
  [[nodiscard]] bool matches(std::string_view mac, std::string_view context,
                             std::string_view typed) const;

 private:
  Signer signer_;
  Random& random_;
};

}  // namespace latchkey::broker
