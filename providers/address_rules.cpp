#include "providers/address_rules.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace latchkey::providers {
namespace {

using Bytes = std::span<const std::uint8_t>;

struct V4Range {
  std::array<std::uint8_t, 4> prefix;
  int bits;
  AddressKind kind;
};

// IANA's IPv4 Special-Purpose Address Registry (RFC 6890).
constexpr V4Range kV4Ranges[] = {
    {{0, 0, 0, 0}, 8, AddressKind::never},  // 0.0.0.0 connects to this host
    {{10, 0, 0, 0}, 8, AddressKind::internal},
    {{100, 64, 0, 0}, 10, AddressKind::internal},  // carrier-grade NAT
    {{127, 0, 0, 0}, 8, AddressKind::loopback},
    {{169, 254, 0, 0}, 16, AddressKind::internal},  // link-local, cloud metadata
    {{172, 16, 0, 0}, 12, AddressKind::internal},
    {{192, 0, 0, 0}, 24, AddressKind::internal},
    {{192, 0, 2, 0}, 24, AddressKind::internal},
    {{192, 88, 99, 0}, 24, AddressKind::internal},
    {{192, 168, 0, 0}, 16, AddressKind::internal},
    {{198, 18, 0, 0}, 15, AddressKind::internal},
    {{198, 51, 100, 0}, 24, AddressKind::internal},
    {{203, 0, 113, 0}, 24, AddressKind::internal},
    {{224, 0, 0, 0}, 3, AddressKind::never},  // multicast, reserved, broadcast
};

struct V6Range {
  std::array<std::uint8_t, 16> prefix;
  int bits;
};

// Special ranges inside 2000::/3, the only global unicast space (RFC 4291, RFC 6890).
constexpr V6Range kV6Internal[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23},  // protocol assignments, with Teredo and ORCHID
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff, 0x00, 0x00}, 20},  // documentation
};

constexpr V6Range kV4Mapped = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr V6Range kV4Compatible = {{}, 96};
constexpr V6Range kNat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};  // RFC 6052 section 2.1
constexpr V6Range kSixToFour = {{0x20, 0x02}, 16};
constexpr V6Range kGlobalUnicast = {{0x20}, 3};
constexpr V6Range kMulticast = {{0xff}, 8};
constexpr std::array<std::uint8_t, 16> kLoopback = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
constexpr std::array<std::uint8_t, 16> kUnspecified = {};

bool in_range(Bytes address, Bytes prefix, int bits) {
  for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
    const unsigned mask = bits >= 8 ? 0xffU : 0xffU << static_cast<unsigned>(8 - bits);
    if (((address[i] ^ prefix[i]) & mask) != 0) return false;
  }
  return true;
}

bool in_range(Bytes address, const V6Range& range) {
  return in_range(address, range.prefix, range.bits);
}

AddressKind kind_of_v4(Bytes address) {
  for (const V4Range& range : kV4Ranges) {
    if (in_range(address, range.prefix, range.bits)) return range.kind;
  }
  return AddressKind::internet;
}

AddressKind kind_of_v6(Bytes address) {
  if (in_range(address, {kLoopback, 128})) return AddressKind::loopback;
  if (in_range(address, {kUnspecified, 128})) return AddressKind::never;
  if (in_range(address, kV4Mapped) || in_range(address, kV4Compatible) ||
      in_range(address, kNat64)) {
    return kind_of_v4(address.subspan(12, 4));
  }
  if (in_range(address, kSixToFour)) return kind_of_v4(address.subspan(2, 4));
  if (in_range(address, kMulticast)) return AddressKind::never;
  // Unique local, link-local, site-local and whatever is not handed out yet.
  if (!in_range(address, kGlobalUnicast)) return AddressKind::internal;
  for (const V6Range& range : kV6Internal) {
    if (in_range(address, range)) return AddressKind::internal;
  }
  return AddressKind::internet;
}

}  // namespace

AddressKind kind_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return kind_of_v4(bytes);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return kind_of_v6(bytes);
  }
  return AddressKind::never;
}

bool may_connect(const sockaddr& address, const AddressPolicy& policy) {
  const AddressKind kind = kind_of(address);
  if (policy.require_loopback) return kind == AddressKind::loopback;
  switch (kind) {
    case AddressKind::internet:
      return true;
    case AddressKind::loopback:
      return policy.allow_loopback;
    case AddressKind::internal:
      return policy.allow_internal;
    case AddressKind::never:
      return false;
  }
  return false;
}

}  // namespace latchkey::providers
