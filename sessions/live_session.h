// What a session check finds: the session, its user and the user's identities, as they were when
// they were read. Shared between the cache and the requests that use it, and never changed.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "sql/identities.h"
#include "sql/sessions.h"

namespace latchkey::sessions {

// A text that is made at its first use and then kept. Thread-safe.
class OnceText {
 public:
  template <class Make>
  const std::string& get(Make&& make) const {
    std::call_once(made_, [&] { text_ = std::forward<Make>(make)(); });
    return text_;
  }

 private:
  mutable std::once_flag made_;
  mutable std::string text_;
};

struct LiveSession {
  std::string token_hash;  // raw SHA-256 of the cookie's token
  sql::SessionRow session;
  sql::User user;
  std::vector<sql::IdentityRow> identities;  // of the user, oldest first

  // Room for what the broker answers about this session again and again. It lives and dies with
  // what it was made from, so it cannot be out of date.
  std::array<OnceText, 3> answers;
};

// Null: there is none.
using SessionPtr = std::shared_ptr<const LiveSession>;

}  // namespace latchkey::sessions
