#include "config/mail_address.h"

#include <gtest/gtest.h>

namespace latchkey::config {
namespace {

TEST(MailAddress, IsAnAddressAloneOrWithAName) {
  const auto alone = parse_mail_address("support@example.com");
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->name, "");
  EXPECT_EQ(alone->address.str(), "support@example.com");

  const auto named = parse_mail_address(" Example Support <Support@Example.com> ");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->name, "Example Support");
  EXPECT_EQ(named->address.str(), "support@example.com");

  EXPECT_EQ(parse_mail_address("Büro <a@example.com>")->name, "Büro");
}

TEST(MailAddress, CannotSmuggleHeadersOrSecondAddresses) {
  for (const char* text :
       {"", "support", "a@example.com, b@example.com", "A <a@example.com> <b@example.com>",
        "A\r\nBcc: b@example.com <a@example.com>", "A\n<a@example.com>", "\"A\" <a@example.com>",
        "a@example.com>", "A, B <a@example.com>", "A <a@example.com", "\xff <a@example.com>"}) {
    EXPECT_FALSE(parse_mail_address(text)) << text;
  }
}

}  // namespace
}  // namespace latchkey::config
