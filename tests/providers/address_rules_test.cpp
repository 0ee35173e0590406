#include "providers/address_rules.h"

#include <cstring>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace latchkey::providers {
namespace {

sockaddr_storage address_of(const char* text) {
  sockaddr_storage storage{};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    std::memcpy(&storage, &v4, sizeof v4);
  } else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    std::memcpy(&storage, &v6, sizeof v6);
  } else {
    ADD_FAILURE() << text;
  }
  return storage;
}

AddressKind kind(const char* text) {
  const sockaddr_storage storage = address_of(text);
  return kind_of(reinterpret_cast<const sockaddr&>(storage));
}

bool may(const char* text, const AddressPolicy& policy) {
  const sockaddr_storage storage = address_of(text);
  return may_connect(reinterpret_cast<const sockaddr&>(storage), policy);
}

struct Row {
  const char* address;
  AddressKind kind;
};

class AddressRules : public testing::TestWithParam<Row> {};

TEST_P(AddressRules, KindOf) { EXPECT_EQ(kind(GetParam().address), GetParam().kind); }

using enum AddressKind;

INSTANTIATE_TEST_SUITE_P(
    V4, AddressRules,
    testing::Values(
        Row{"8.8.8.8", internet}, Row{"140.82.121.4", internet}, Row{"0.0.0.0", never},
        Row{"0.1.2.3", never}, Row{"9.255.255.255", internet}, Row{"10.0.0.1", internal},
        Row{"10.255.255.255", internal}, Row{"11.0.0.0", internet}, Row{"100.63.255.255", internet},
        Row{"100.64.0.1", internal}, Row{"100.127.255.255", internal}, Row{"100.128.0.0", internet},
        Row{"127.0.0.1", loopback}, Row{"127.255.255.254", loopback},
        Row{"169.254.169.254", internal}, Row{"172.15.255.255", internet},
        Row{"172.16.0.1", internal}, Row{"172.31.255.255", internal}, Row{"172.32.0.0", internet},
        Row{"192.0.0.8", internal}, Row{"192.0.2.1", internal}, Row{"192.88.99.1", internal},
        Row{"192.168.1.1", internal}, Row{"192.169.0.0", internet}, Row{"198.17.255.255", internet},
        Row{"198.18.0.1", internal}, Row{"198.19.255.255", internal}, Row{"198.20.0.0", internet},
        Row{"198.51.100.7", internal}, Row{"203.0.113.7", internal},
        Row{"223.255.255.255", internet}, Row{"224.0.0.1", never}, Row{"239.1.1.1", never},
        Row{"240.0.0.1", never}, Row{"255.255.255.255", never}));

INSTANTIATE_TEST_SUITE_P(
    V6, AddressRules,
    testing::Values(Row{"2606:50c0:8000::153", internet}, Row{"::", never}, Row{"::1", loopback},
                    Row{"::ffff:127.0.0.1", loopback}, Row{"::ffff:10.0.0.1", internal},
                    Row{"::ffff:8.8.8.8", internet}, Row{"::ffff:0.0.0.0", never},
                    Row{"::127.0.0.1", loopback}, Row{"::169.254.169.254", internal},
                    Row{"64:ff9b::a00:1", internal}, Row{"64:ff9b::7f00:1", loopback},
                    Row{"64:ff9b::808:808", internet}, Row{"64:ff9b:1::808:808", internal},
                    Row{"100::1", internal}, Row{"2001::1", internal}, Row{"2001:10::1", internal},
                    Row{"2001:db8::1", internal}, Row{"2001:4860:4860::8888", internet},
                    Row{"2002:a00:1::1", internal}, Row{"2002:7f00:1::1", loopback},
                    Row{"2002:808:808::1", internet}, Row{"3fff::1", internal},
                    Row{"fc00::1", internal}, Row{"fd12:3456::1", internal},
                    Row{"fe80::1", internal}, Row{"fec0::1", internal}, Row{"ff02::1", never},
                    Row{"4000::1", internal}));

TEST(AddressRules, OnlyTheInternetWithoutPermission) {
  EXPECT_TRUE(may("8.8.8.8", {}));
  EXPECT_FALSE(may("127.0.0.1", {}));
  EXPECT_FALSE(may("192.168.1.1", {}));
  EXPECT_FALSE(may("0.0.0.0", {}));
}

TEST(AddressRules, LoopbackAllowedIsNotTheIntranetAllowed) {
  EXPECT_TRUE(may("127.0.0.1", {.allow_loopback = true}));
  EXPECT_FALSE(may("10.0.0.1", {.allow_loopback = true}));
}

TEST(AddressRules, MulticastAndUnspecifiedAreNeverAllowed) {
  const AddressPolicy everything{.allow_loopback = true, .allow_internal = true};
  EXPECT_TRUE(may("10.0.0.1", everything));
  EXPECT_FALSE(may("0.0.0.0", everything));
  EXPECT_FALSE(may("ff02::1", everything));
}

TEST(AddressRules, PlainHttpStaysOnTheMachine) {
  const AddressPolicy plain{
      .allow_loopback = true, .allow_internal = true, .require_loopback = true};
  EXPECT_TRUE(may("::1", plain));
  EXPECT_FALSE(may("8.8.8.8", plain));
  EXPECT_FALSE(may("10.0.0.1", plain));
}

TEST(AddressRules, UnixSocketsAreNoProviders) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  EXPECT_EQ(kind_of(reinterpret_cast<const sockaddr&>(address)), never);
}

}  // namespace
}  // namespace latchkey::providers
