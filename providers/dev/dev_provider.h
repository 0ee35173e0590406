// A stand-in for GitHub, Google, Facebook and a generic OpenID provider on loopback, so that the
// production code of a sign-in runs against it unchanged. In a C++ test:
//   DevProvider dev({});
//   dev.start("127.0.0.1", 0);
//   dev.approve("ada");
//   ... point providers at dev.base_url() ...
// Everything it can be told here it can also be told over HTTP (docs/dev-provider.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "providers/dev/faults.h"
#include "providers/dev/inbox.h"
#include "providers/dev/people.h"
#include "providers/dev/stand_in.h"

namespace latchkey::providers::dev {

struct DevProviderOptions {
  std::string client_secret = "dev-secret";
  // As browsers and applications see it; empty: http://<host>:<port> of start().
  std::string public_url = {};
  // Hosts that a redirect_uri may name besides loopback ones, in lower case.
  std::vector<std::string> redirect_hosts = {};
  bool allow_non_loopback = false;
  // Refuse Graph requests without appsecret_proof, as Facebook does when an app asks for it.
  bool require_appsecret_proof = false;
  // What codes and tokens are dated and expire by; outlives the DevProvider. Null: the system's.
  const Clock* clock = nullptr;
};

// Thread-safe but for start(), start_smtp() and stop().
class DevProvider {
 public:
  explicit DevProvider(DevProviderOptions options);
  ~DevProvider();

  // Starts to answer on threads of its own. Port 0 asks the system for one. Throws
  // std::runtime_error when the address cannot be had or is no loopback address and
  // allow_non_loopback is off.
  void start(const std::string& host, int port);
  // Starts to take mail for the inbox, under the same rules; before start().
  void start_smtp(const std::string& host, int port);
  // At once: open connections and slow answers are cut off.
  void stop();

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] const std::string& base_url() const;  // no trailing slash

  [[nodiscard]] const std::string& smtp_url() const;  // "smtp://127.0.0.1:1025"

  // Back to the beginning: built-in people, no faults, no approval, counts at zero, an empty inbox,
  // every code and token forgotten. The signing keys stay.
  void reset();
  // Answers authorization requests at once for this person; kFresh: somebody new each time;
  // nullopt: shows the page.
  void approve(std::optional<std::string> person);
  // Lets the next `times` requests of an endpoint go wrong. `fault` is "server_error" or
  // "server_error@userinfo". Throws std::invalid_argument when there is no such fault there.
  void script_fault(StandIn stand_in, const std::string& fault, int times = 1,
                    std::chrono::milliseconds delay = kDefaultDelay);
  void put_person(Person person);
  [[nodiscard]] std::vector<ReceivedMail> mails() const;  // newest first
  // How often an endpoint was asked since the start or reset().
  [[nodiscard]] std::uint64_t requests(StandIn stand_in, Endpoint endpoint) const;

 private:
  struct Impl;
  DevProviderOptions options_;
  int port_ = 0;
  SystemClock system_clock_;
  SystemRandom random_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey::providers::dev
