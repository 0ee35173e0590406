#include "providers/dev/mail_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::providers::dev {
namespace {

using testing::Pair;

TEST(MailMessageTest, HeadersAreUnfoldedAndDecoded) {
  const MailMessage mail = parse_mail(
      "Subject: =?UTF-8?B?WsO8cmljaA==?=\r\n =?utf-8?q?_ist_sch=C3=B6n?=\r\n"
      "From: =?UTF-8?Q?Caf=C3=A9?= <a@example.com>\r\nX-Empty:\r\n\r\nText\r\n");
  EXPECT_EQ(mail.header("subject"), "Zürich ist schön");
  EXPECT_EQ(mail.header("FROM"), "Café <a@example.com>");
  EXPECT_EQ(mail.header("X-Empty"), "");
  EXPECT_THAT(mail.headers[0], Pair("Subject", "Zürich ist schön"));
  EXPECT_EQ(mail.text, "Text\n");
}

TEST(MailMessageTest, WordsThatAreNotEncodedStayAsTheyAre) {
  for (const char* text : {"a =? b", "=?UTF-8?B?", "=?UTF-8?B?YQ==", "?=", "1=?2?=3"}) {
    EXPECT_EQ(parse_mail(std::string("Subject: ") + text + "\r\n\r\n").header("Subject"), text);
  }
}

TEST(MailMessageTest, BodiesAreDecoded) {
  const auto text_of = [](const std::string& encoding, const std::string& body) {
    return parse_mail("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: " +
                      encoding + "\r\n\r\n" + body)
        .text;
  };
  EXPECT_EQ(text_of("quoted-printable", "sch=C3=B6n, 1 =3D 1=\r\n, weiter\r\nEnde\r\n"),
            "schön, 1 = 1, weiter\nEnde\n");
  EXPECT_EQ(text_of("Base64", "c2Now7Zu\r\nDQpFbmRl\r\n"), "schön\nEnde");
  EXPECT_EQ(text_of("8bit", "schön\r\n"), "schön\n");
  EXPECT_EQ(text_of("quoted-printable", "50=% =GG ="), "50=% =GG =") << "shown as it came";
  EXPECT_EQ(text_of("base64", "!!"), "!!") << "shown as it came";
}

constexpr const char* kAlternatives =
    "Content-Type: multipart/mixed; boundary=\"out\"\r\n\r\nfor old readers\r\n"
    "--out\r\nContent-Type: multipart/alternative; boundary=outer\r\n\r\n"
    "--outer\r\nContent-Type: text/plain\r\n\r\nText\r\n"
    "--outer\r\nContent-Type: text/html\r\n\r\n<p>HTML\r\n--outer--\r\n"
    "--out\r\nContent-Type: text/plain\r\n\r\nan attachment\r\n--out--\r\nafter\r\n";

TEST(MailMessageTest, TextAndHtmlAreFoundInPartsOfParts) {
  const MailMessage mail = parse_mail(kAlternatives);
  EXPECT_EQ(mail.text, "Text") << "the first one; one boundary begins with the other";
  EXPECT_EQ(mail.html, "<p>HTML");
}

TEST(MailMessageTest, ACutMailShowsWhatCame) {
  EXPECT_EQ(parse_mail("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHalf a").text,
            "Half a");
  const std::string whole(kAlternatives);
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    const MailMessage mail = parse_mail(whole.substr(0, length));
    EXPECT_TRUE(std::string("Text\n").starts_with(mail.text) || mail.text.starts_with("Text"))
        << mail.text;
  }
}

TEST(MailMessageTest, NestingWithoutEndIsNotFollowed) {
  std::string mail;
  for (int depth = 0; depth < 1000; ++depth) {
    const std::string name = "b" + std::to_string(depth) + "x";
    mail += "Content-Type: multipart/mixed; boundary=" + name + "\r\n\r\n--" + name + "\r\n";
  }
  EXPECT_EQ(parse_mail(mail + "\r\nText").text, "");
}

TEST(MailMessageTest, BytesThatAreNoUtf8BecomeMarks) {
  const MailMessage mail = parse_mail("Subject: \xff\r\n\r\n\xfetext\r\n");
  EXPECT_EQ(mail.header("Subject"), "\xef\xbf\xbd");
  EXPECT_EQ(mail.text, "\xef\xbf\xbdtext\n");
}

}  // namespace
}  // namespace latchkey::providers::dev
