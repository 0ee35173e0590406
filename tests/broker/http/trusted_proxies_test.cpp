#include "broker/http/trusted_proxies.h"

#include <gtest/gtest.h>

namespace latchkey::broker::http {
namespace {

TEST(TrustedProxies, ForwardedForOfAStrangerIsIgnored) {
  EXPECT_EQ(TrustedProxies({}).client_address("203.0.113.9", {"1.2.3.4"}), "203.0.113.9");
  EXPECT_EQ(TrustedProxies({"10.0.0.0/8"}).client_address("203.0.113.9", {"1.2.3.4"}),
            "203.0.113.9");
}

TEST(TrustedProxies, TheNearestUntrustedHopIsTheVisitor) {
  const TrustedProxies proxies({"10.0.0.0/8", "::1"});
  EXPECT_EQ(proxies.client_address("10.0.0.1", {"203.0.113.9"}), "203.0.113.9");
  EXPECT_EQ(proxies.client_address("10.0.0.1", {"203.0.113.9, 10.2.3.4"}), "203.0.113.9");
  EXPECT_EQ(proxies.client_address("::1", {"203.0.113.9", "10.2.3.4"}), "203.0.113.9");
}

TEST(TrustedProxies, ASpoofedLeftmostEntryDoesNotCount) {
  const TrustedProxies proxies({"10.0.0.1"});
  EXPECT_EQ(proxies.client_address("10.0.0.1", {"1.2.3.4, 203.0.113.9"}), "203.0.113.9");
}

TEST(TrustedProxies, AnEntryThatIsNoAddressEndsTheWalk) {
  const TrustedProxies proxies({"10.0.0.0/8"});
  EXPECT_EQ(proxies.client_address("10.0.0.1", {"1.2.3.4, unknown"}), "10.0.0.1");
  EXPECT_EQ(proxies.client_address("10.0.0.1", {""}), "10.0.0.1");
}

TEST(TrustedProxies, AProxyOnAUnixSocketIsTrusted) {
  EXPECT_EQ(TrustedProxies({}).client_address("", {"1.2.3.4, 203.0.113.9"}), "203.0.113.9");
  EXPECT_EQ(TrustedProxies({}).client_address("", {}), "");
}

TEST(TrustedProxies, NetworksMatchBitwise) {
  const TrustedProxies proxies({"192.0.2.128/25", "2001:db8::/33"});
  EXPECT_TRUE(proxies.trusts("192.0.2.129"));
  EXPECT_FALSE(proxies.trusts("192.0.2.127"));
  EXPECT_TRUE(proxies.trusts("2001:db8:7fff::1"));
  EXPECT_FALSE(proxies.trusts("2001:db8:8000::1"));
  EXPECT_FALSE(proxies.trusts(""));
}

}  // namespace
}  // namespace latchkey::broker::http
