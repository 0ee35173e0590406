#include "broker/redirect_target.h"

#include <gtest/gtest.h>

namespace latchkey::broker {
namespace {

class RedirectTargetTest : public testing::Test {
 protected:
  http::OriginPolicy origins_{
      "https://login.example.com",
      {"https://app.example.com", "https://*.preview.example.com", "http://localhost:3000"}};
  RedirectTargets targets_{origins_, "/home"};
};

TEST_F(RedirectTargetTest, PathsAndAllowedOriginsPass) {
  for (const char* next :
       {"/", "/account", "/search?q=a%2Fb#top", "https://app.example.com/deep?x=1",
        "https://login.example.com", "https://pr-7.preview.example.com/", "http://localhost:3000/",
        "https://APP.example.com:443/"}) {
    EXPECT_EQ(targets_.resolve(next), next);
  }
}

TEST_F(RedirectTargetTest, OpenRedirectsBecomeTheDefault) {
  const std::string nul("/a\0b", 4);
  for (const std::string& next : {std::string(""),
                                  std::string("//evil.example"),
                                  std::string("///evil.example"),
                                  std::string("/\\evil.example"),
                                  std::string("\\\\evil.example"),
                                  std::string("/%2fevil.example"),
                                  std::string("/%2Fevil.example"),
                                  std::string("/%5cevil.example"),
                                  std::string("https://evil.example"),
                                  std::string("https://app.example.com@evil.example/"),
                                  std::string("https://app.example.com.evil.example/"),
                                  std::string("https://evil.example#https://app.example.com"),
                                  std::string("http://app.example.com/"),
                                  std::string("https://app.example.com:8443/"),
                                  std::string("https://a.b.preview.example.com/"),
                                  std::string("https://.preview.example.com/"),
                                  std::string("https://preview.example.com/"),
                                  std::string("http://localhost:3001/"),
                                  std::string("javascript:alert(1)"),
                                  std::string("data:text/html,x"),
                                  std::string("/a\r\nSet-Cookie: x=y"),
                                  std::string("/a\tb"),
                                  std::string(" /a"),
                                  std::string("/\xc3\xa9"),
                                  std::string("account"),
                                  std::string("?next=/"),
                                  nul}) {
    EXPECT_EQ(targets_.resolve(next), "/home") << next;
  }
}

TEST_F(RedirectTargetTest, LengthIsBounded) {
  EXPECT_TRUE(targets_.allowed("/" + std::string(2047, 'a')));
  EXPECT_FALSE(targets_.allowed("/" + std::string(2048, 'a')));
}

}  // namespace
}  // namespace latchkey::broker
