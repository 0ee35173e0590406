#include "broker/http/origin_policy.h"

#include <gtest/gtest.h>

namespace latchkey::broker::http {
namespace {

const OriginPolicy kPolicy("https://login.example.com",
                           {"https://app.example.com", "https://*.preview.example.com"});

TEST(OriginPolicy, OwnOriginIsAllowedButNotForeign) {
  EXPECT_TRUE(kPolicy.allows("https://login.example.com"));
  EXPECT_FALSE(kPolicy.is_foreign_allowed("https://login.example.com"));
}

TEST(OriginPolicy, ListedOriginsAreForeignAndAllowed) {
  for (const char* origin : {"https://app.example.com", "https://pr-1.preview.example.com"}) {
    EXPECT_TRUE(kPolicy.allows(origin));
    EXPECT_TRUE(kPolicy.is_foreign_allowed(origin));
  }
}

TEST(OriginPolicy, LookalikesAreRefused) {
  for (const char* origin :
       {"null", "", "http://app.example.com", "https://app.example.com.evil.example",
        "https://app.example.com:444", "https://evil-app.example.com",
        "https://a.b.preview.example.com", "https://preview.example.com",
        "https://.preview.example.com", "https://evil.example/.preview.example.com",
        "https://evil.example#.preview.example.com", "https://a_b.preview.example.com"}) {
    EXPECT_FALSE(kPolicy.allows(origin)) << origin;
  }
}

}  // namespace
}  // namespace latchkey::broker::http
