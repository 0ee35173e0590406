#include "broker/http/trusted_proxies.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>

#include <arpa/inet.h>

#include "base/encoding.h"

namespace latchkey::broker::http {
namespace {

using Address = std::array<unsigned char, 16>;

struct Parsed {
  Address bytes{};
  bool is_v4 = false;
};

std::optional<Parsed> parse_address(std::string_view text) {
  const std::string address(text);
  Parsed parsed;
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
    parsed.is_v4 = true;
    parsed.bytes[10] = parsed.bytes[11] = 0xff;
    std::memcpy(parsed.bytes.data() + 12, &v4, 4);
    return parsed;
  }
  if (inet_pton(AF_INET6, address.c_str(), parsed.bytes.data()) == 1) return parsed;
  return std::nullopt;
}

bool contains(const Address& network, int prefix, const Address& address) {
  const auto whole = static_cast<std::size_t>(prefix / 8);
  if (std::memcmp(network.data(), address.data(), whole) != 0) return false;
  const int rest = prefix % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned char>(0xff << (8 - rest));
  return (network[whole] & mask) == (address[whole] & mask);
}

}  // namespace

TrustedProxies::TrustedProxies(const std::vector<std::string>& entries) {
  for (const std::string& entry : entries) {
    const std::size_t slash = entry.find('/');
    const auto parsed = parse_address(entry.substr(0, slash));
    if (!parsed) throw std::invalid_argument("not an address or CIDR: " + entry);
    const int offset = parsed->is_v4 ? 96 : 0;
    const int prefix =
        slash == std::string::npos ? 128 : offset + std::stoi(entry.substr(slash + 1));
    if (prefix < offset || prefix > 128) throw std::invalid_argument("bad prefix: " + entry);
    networks_.push_back({.address = parsed->bytes, .prefix = prefix});
  }
}

bool TrustedProxies::trusts(std::string_view address) const {
  const auto parsed = parse_address(address);
  return parsed && std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
           return contains(network.address, network.prefix, parsed->bytes);
         });
}

std::string TrustedProxies::client_address(
    const std::string& peer, const std::vector<std::string_view>& forwarded_for) const {
  std::string client = peer;
  if (networks_.empty() && !peer.empty()) return client;
  std::vector<std::string_view> hops;
  for (std::string_view header : forwarded_for) {
    for (std::size_t begin = 0; begin <= header.size();) {
      const std::size_t end = std::min(header.find(',', begin), header.size());
      hops.push_back(trim(header.substr(begin, end - begin)));
      begin = end + 1;
    }
  }
  for (auto hop = hops.rbegin(); hop != hops.rend() && (client.empty() || trusts(client)); ++hop) {
    if (!parse_address(*hop)) break;
    client = *hop;
  }
  return client;
}

}  // namespace latchkey::broker::http
