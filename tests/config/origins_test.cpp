#include "config/origins.h"

#include <gtest/gtest.h>

namespace latchkey::config {
namespace {

TEST(Origins, AreComparedExactly) {
  EXPECT_TRUE(origin_matches("https://app.example.com", "https://app.example.com"));
  for (const char* origin : {"http://app.example.com", "https://app.example.com:8443",
                             "https://app.example.com.evil.net", "https://evil-app.example.com",
                             "https://app.example.com/", "null", ""}) {
    EXPECT_FALSE(origin_matches("https://app.example.com", origin)) << origin;
  }
}

TEST(Origins, WildcardStandsForExactlyOneLabel) {
  const char* pattern = "https://*.preview.example.com";
  EXPECT_TRUE(origin_matches(pattern, "https://pr-12.preview.example.com"));
  for (const char* origin :
       {"https://preview.example.com", "https://.preview.example.com",
        "https://a.b.preview.example.com", "https://evil.net/.preview.example.com",
        "https://evil.net#.preview.example.com", "https://evil.net:80.preview.example.com",
        "https://u@x.preview.example.com", "http://a.preview.example.com",
        "https://a.preview.example.com:8443", "https://a.preview.example.com.evil.net",
        "https://evil.net\\.preview.example.com"}) {
    EXPECT_FALSE(origin_matches(pattern, origin)) << origin;
  }
}

TEST(Origins, WildcardKeepsThePort) {
  EXPECT_TRUE(origin_matches("http://*.localhost:3000", "http://a.localhost:3000"));
  EXPECT_FALSE(origin_matches("http://*.localhost:3000", "http://a.localhost:3001"));
}

TEST(Origins, OurOwnAndTheListedOnesAreAllowed) {
  Config config;
  config.server.public_url = "https://login.example.com";
  config.spa.origins = {"https://app.example.com", "https://*.preview.example.com"};
  EXPECT_TRUE(origin_allowed(config, "https://login.example.com"));
  EXPECT_TRUE(origin_allowed(config, "https://app.example.com"));
  EXPECT_TRUE(origin_allowed(config, "https://x.preview.example.com"));
  EXPECT_FALSE(origin_allowed(config, "https://example.com"));
  EXPECT_FALSE(origin_allowed(config, "null"));
}

}  // namespace
}  // namespace latchkey::config
