// The headers of a mail (RFC 5322, RFC 2047; SECURITY rule 16).
#include "broker/mail/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "providers/dev/mail_message.h"

namespace latchkey::broker {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

std::string read_back(const std::string& header) {
  return providers::dev::parse_mail("Subject: " + header + "\r\n\r\n").header("Subject");
}

TEST(MailHeaders, PlainAsciiStaysAsItIs) {
  EXPECT_EQ(header_text("Your code: ABC234"), "Your code: ABC234");
  EXPECT_EQ(header_text(""), "");
}

TEST(MailHeaders, OtherTextIsEncodedInWordsThatReadersPutTogether) {
  for (const std::string& text :
       {std::string("Café"), std::string("愛") + std::string(300, 'x') + "愛",
        std::string(201, 'x'), std::string("=?UTF-8?B?WA==?=")}) {
    const std::string header = header_text(text);
    EXPECT_EQ(read_back(header), text);
    std::size_t from = 0;
    for (std::size_t end = 0; end != std::string::npos; from = end + 3) {
      end = header.find("\r\n ", from);
      EXPECT_LE(header.substr(from, end - from).size(), 75U) << "RFC 2047 section 2";
      if (end == std::string::npos) break;
    }
  }
}

TEST(MailHeaders, NoWordEndsInsideACharacter) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "😀";
  const std::string header = header_text(text);
  for (std::size_t at = header.find("?B?"); at != std::string::npos;
       at = header.find("?B?", at + 1)) {
    const auto word = base64_decode(header.substr(at + 3, header.find("?=", at) - at - 3));
    ASSERT_TRUE(word);
    EXPECT_TRUE(is_clean_utf8(*word));
  }
}

TEST(MailHeaders, NoValueBeginsAHeaderOfItsOwn) {
  for (const char* brk : {"\r\n", "\n", "\r", "\n ", "\x0b", "\x7f"}) {
    for (const char* rest : {"Bcc: eve@example.com", "é"}) {
      const std::string subject = std::string("X") + brk + rest;
      const auto from = config::parse_mail_address("Example <a@example.com>");
      ASSERT_TRUE(from);
      const auto headers = headers_of({.message_id = "1@example.com",
                                       .recipient = subject,
                                       .subject = subject,
                                       .text = {},
                                       .html = {},
                                       .date = {}},
                                      *from);
      EXPECT_THAT(headers, Each(AllOf(Not(HasSubstr("\n")), Not(HasSubstr("\r")))));
    }
  }
}

TEST(MailHeaders, ANameInTheSenderIsEncodedAndTheAddressIsNot) {
  const auto from = config::parse_mail_address("Café Ünique <a@example.com>");
  ASSERT_TRUE(from);
  const auto headers = headers_of({.message_id = "1@example.com",
                                   .recipient = "b@example.com",
                                   .subject = "S",
                                   .text = {},
                                   .html = {},
                                   .date = {}},
                                  *from);
  EXPECT_THAT(headers, testing::Contains("From: =?UTF-8?B?Q2Fmw6kgw5xuaXF1ZQ==?= <a@example.com>"));
  EXPECT_THAT(headers, testing::Contains("Date: Thu, 01 Jan 1970 00:00:00 +0000"));
}

}  // namespace
}  // namespace latchkey::broker
