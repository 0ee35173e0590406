// What libpq is told when a connection opens: `database.url` with Latchkey's own session settings,
// once per host it names. libpq's non-blocking connect does not go on to the next host when one
// hangs, so the hosts are tried here, each with its share of the deadline. Internal to this room.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "base/secret.h"

namespace latchkey::sql {

class ConnectionInfo {
 public:
  // nullopt when `url` is neither empty nor a libpq URI or keyword string. libpq's message is not
  // kept: it quotes the URL with its password.
  static std::optional<ConnectionInfo> parse(const Secret& url,
                                             std::chrono::milliseconds statement_timeout);

  [[nodiscard]] std::size_t hosts() const { return hosts_; }

  // The arguments of PQconnectStartParams for one host, null-terminated. They point into *this.
  struct Arguments {
    std::vector<const char*> keywords;
    std::vector<const char*> values;
  };
  [[nodiscard]] Arguments arguments(std::size_t host) const;

 private:
  struct Free {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
  };
  using Options = std::unique_ptr<PQconninfoOption, Free>;
  using List = std::vector<std::string>;

  explicit ConnectionInfo(Options given) : given_(std::move(given)) {}
  void split_hosts(const PQconninfoOption* defaults);
  [[nodiscard]] std::string setting(const PQconninfoOption* defaults, const char* keyword) const;

  Options given_;
  std::string options_;
  std::size_t hosts_ = 1;
  List host_, hostaddr_, port_;  // empty, or one for each host
};

}  // namespace latchkey::sql
