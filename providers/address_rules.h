// Which resolved addresses the outbound client may connect to. Judged at the moment of connecting,
// on the address itself, so that a host name which resolves inward, now or at the second look-up
// (DNS rebinding), reaches nothing.
#pragma once

#include <sys/socket.h>

namespace latchkey::providers {

enum class AddressKind {
  internet,  // globally reachable unicast
  loopback,
  internal,  // private, link-local, shared, documentation and other special ranges
  never,     // unspecified, multicast, broadcast, other families: no server stands there
};

// `address` is a sockaddr_in or sockaddr_in6 according to its family. IPv4 inside IPv6 (mapped,
// compatible, NAT64, 6to4) counts as the IPv4 address it stands for.
AddressKind kind_of(const sockaddr& address);

struct AddressPolicy {
  bool allow_loopback = false;
  bool allow_internal = false;
  bool require_loopback = false;  // plain http never leaves the machine
};

bool may_connect(const sockaddr& address, const AddressPolicy& policy);

}  // namespace latchkey::providers
