// What has been granted: authorization codes and the access tokens they were exchanged for. Both
// name one Grant, so a code that comes twice can revoke what the first exchange got (RFC 6749
// section 4.1.2).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "providers/dev/faults.h"
#include "providers/dev/people.h"
#include "providers/dev/stand_in.h"

namespace latchkey::providers::dev {

inline constexpr std::chrono::seconds kCodeLifetime{60};
inline constexpr std::chrono::seconds kTokenLifetime{3600};

// What the authorization request asked for and who said yes.
struct GrantTerms {
  StandIn stand_in = StandIn::github;
  std::string client_id;
  std::string redirect_uri;
  std::string code_challenge;  // S256; empty: no PKCE
  std::string nonce;
  std::vector<std::string> scopes;
  PersonPtr person;
  TimePoint issued_at;
  std::optional<FaultOrder> fault;  // ordered for this sign-in
};

struct Grant : GrantTerms {
  explicit Grant(GrantTerms terms) : GrantTerms(std::move(terms)) {}

  [[nodiscard]] bool has_scope(std::string_view scope) const;
  // The fault ordered for this sign-in, if it strikes here; only once.
  std::optional<FaultOrder> take_fault(Endpoint endpoint);

  std::atomic<bool> fault_struck = false;
  std::atomic<bool> exchanged = false;
  std::atomic<bool> revoked = false;
  std::atomic<bool> email_withheld = false;  // `missing_email` struck; userinfo agrees
};

using GrantPtr = std::shared_ptr<Grant>;

// Grants by their code or token. Thread-safe; holds the newest ones and forgets the oldest, so a
// benchmark does not fill the memory.
class GrantMap {
 public:
  void put(std::string key, GrantPtr grant);
  [[nodiscard]] GrantPtr find(std::string_view key) const;  // null when unknown
  void clear();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>{}(key);
    }
  };
  // Many locks instead of one: thousands of sign-ins a second meet here.
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, GrantPtr, Hash, std::equal_to<>> grants;
    std::deque<std::string> by_age;
  };
  static constexpr std::size_t kShards = 64;
  static constexpr std::size_t kMaxPerShard = 1024;

  [[nodiscard]] static std::size_t shard_of(std::string_view key) { return Hash{}(key) % kShards; }

  std::array<Shard, kShards> shards_;
};

struct Grants {
  GrantMap codes;
  GrantMap tokens;
};

}  // namespace latchkey::providers::dev
