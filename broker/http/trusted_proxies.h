// Who the visitor is behind reverse proxies: X-Forwarded-For counts only hop by hop from peers on
// the list (SECURITY rule 17), so a visitor cannot choose the address that limits count.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::broker::http {

class TrustedProxies {
 public:
  // Addresses or CIDRs, already validated by configuration; a wrong one throws
  // std::invalid_argument.
  explicit TrustedProxies(const std::vector<std::string>& entries);

  [[nodiscard]] bool trusts(std::string_view address) const;
  // The visitor's address: `peer`, or, while the nearest hop is trusted, the next one of
  // X-Forwarded-For from the right. An entry that is no address ends the walk. An empty `peer` is
  // the other end of a Unix socket: a program of this machine that was let in by the socket's
  // permissions, and so is trusted.
  [[nodiscard]] std::string client_address(
      const std::string& peer, const std::vector<std::string_view>& forwarded_for) const;

 private:
  struct Network {
    std::array<unsigned char, 16> address;  // IPv4 as IPv4-mapped IPv6
    int prefix;                             // bits, of 128
  };
  std::vector<Network> networks_;
};

}  // namespace latchkey::broker::http
