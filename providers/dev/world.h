// What all endpoints of one dev provider share: its people, what it granted, the faults that wait,
// the counts of what it was asked, and the mail it was given.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "providers/dev/faults.h"
#include "providers/dev/grants.h"
#include "providers/dev/inbox.h"
#include "providers/dev/message.h"
#include "providers/dev/people.h"
#include "providers/dev/signing_key.h"
#include "providers/dev/stand_in.h"

namespace latchkey::providers::dev {

// How often each endpoint was asked.
class RequestCounts {
 public:
  void add(StandIn stand_in, Endpoint endpoint) { ++at(stand_in, endpoint); }
  [[nodiscard]] std::uint64_t get(StandIn stand_in, Endpoint endpoint) const {
    return counts_[static_cast<std::size_t>(stand_in)][static_cast<std::size_t>(endpoint)];
  }
  void clear() {
    for (auto& endpoints : counts_) {
      for (auto& count : endpoints) count = 0;
    }
  }

 private:
  std::atomic<std::uint64_t>& at(StandIn stand_in, Endpoint endpoint) {
    return counts_[static_cast<std::size_t>(stand_in)][static_cast<std::size_t>(endpoint)];
  }
  std::array<std::array<std::atomic<std::uint64_t>, kEndpoints>, kStandIns.size()> counts_{};
};

// Who is signed in without the page being shown; nobody at first.
class Approval {
 public:
  void set(std::optional<std::string> person);
  [[nodiscard]] std::optional<std::string> person() const;

 private:
  mutable std::mutex mutex_;
  std::optional<std::string> person_;
};

// The wait of `slow`, which stop() ends early.
class Pause {
 public:
  void wait(std::chrono::milliseconds duration);
  void end();

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
};

struct WorldOptions {
  std::string client_secret;
  // Hosts besides the loopback ones that a redirect_uri may name.
  std::vector<std::string> redirect_hosts;
  bool require_appsecret_proof = false;
};

struct World {
  World(WorldOptions the_options, const Clock& the_clock, Random& the_random);

  // Back to the beginning; only the signing keys and the base URL stay.
  void reset();
  [[nodiscard]] IssuerKey& key_of(StandIn stand_in) {
    return stand_in == StandIn::google ? google_key : oidc_key;
  }
  // RFC 9207's name of the stand-in; Facebook has none.
  [[nodiscard]] std::string issuer_of(StandIn stand_in) const;
  [[nodiscard]] std::string avatar_of(const Person& person) const;

  const WorldOptions options;
  const Clock& clock;
  Random& random;
  std::string base_url;  // without a trailing slash; set before the first request
  std::string smtp_url;  // the same; empty when no SMTP server runs
  People people;
  Approval approval;
  FaultScript faults;
  Grants grants;
  RequestCounts counts;
  Inbox inbox;
  IssuerKey google_key;
  IssuerKey oidc_key;
  Pause pause;
};

// One request at one endpoint of one stand-in.
struct Call {
  World& world;
  StandIn stand_in;
  Endpoint endpoint;
  const Request& request;
};

}  // namespace latchkey::providers::dev
