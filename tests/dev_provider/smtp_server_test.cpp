// The SMTP server of the inbox, spoken to byte by byte (RFC 5321).
#include "providers/dev/smtp_server.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dev_provider/smtp_client.h"
#include "tests/support/fake_clock.h"

namespace latchkey::test {
namespace {

using providers::dev::Inbox;
using providers::dev::SmtpServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class SmtpServerTest : public testing::Test {
 protected:
  // A client that has been greeted.
  std::unique_ptr<SmtpClient> client() {
    auto client = std::make_unique<SmtpClient>(port_);
    EXPECT_EQ(client->code(), 220);
    EXPECT_EQ(client->say("EHLO test"), 250);
    return client;
  }
  // A client whose next line is the first of a mail.
  std::unique_ptr<SmtpClient> writer() {
    auto writing = client();
    EXPECT_EQ(writing->say("MAIL FROM:<a@example.com>"), 250);
    EXPECT_EQ(writing->say("RCPT TO:<b@example.com>"), 250);
    EXPECT_EQ(writing->say("DATA"), 354);
    return writing;
  }
  [[nodiscard]] std::string newest() const { return inbox_.newest_first().at(0).raw; }

  FakeClock clock_;
  Inbox inbox_;
  SmtpServer server_{inbox_, clock_};
  int port_ = server_.start("127.0.0.1", 0);
};

TEST_F(SmtpServerTest, TakesAMailForSeveralRecipients) {
  const auto sender = client();
  sender->say("MAIL FROM:<a@example.com> SIZE=20 BODY=8BITMIME");
  sender->say("RCPT TO:<b@example.com>");
  sender->say("RCPT TO:<c@example.com>");
  sender->say("DATA");
  EXPECT_EQ(sender->say("Subject: Hi\r\n\r\nText\r\n."), 250);
  EXPECT_EQ(sender->say("QUIT"), 221);
  EXPECT_EQ(sender->line(), "") << "it hangs up";
  ASSERT_THAT(inbox_.newest_first(), SizeIs(1));
  const auto mail = inbox_.newest_first().front();
  EXPECT_EQ(mail.sender, "a@example.com");
  EXPECT_THAT(mail.recipients, ElementsAre("b@example.com", "c@example.com"));
  EXPECT_EQ(mail.raw, "Subject: Hi\r\n\r\nText\r\n");
  EXPECT_EQ(mail.received_at, clock_.now());
}

TEST_F(SmtpServerTest, CommandsOutOfOrderAreRefusedAndTheMailGoesOn) {
  SmtpClient sender(port_);
  EXPECT_EQ(sender.code(), 220);
  EXPECT_EQ(sender.say("MAIL FROM:<a@example.com>"), 503) << "without a greeting";
  EXPECT_EQ(sender.say("HELO test"), 250);
  EXPECT_EQ(sender.say("RCPT TO:<b@example.com>"), 503) << "without a sender";
  EXPECT_EQ(sender.say("DATA"), 503) << "without a recipient";
  EXPECT_EQ(sender.say("mail from:<a@example.com>"), 250) << "commands have no case";
  EXPECT_EQ(sender.say("MAIL FROM:<again@example.com>"), 503) << "a second sender";
  EXPECT_EQ(sender.say("DATA"), 503) << "without a recipient";
  EXPECT_EQ(sender.say("RCPT TO:<b@example.com>"), 250);
  EXPECT_EQ(sender.say("NOOP"), 250);
  EXPECT_EQ(sender.say("DATA"), 354);
  EXPECT_EQ(sender.say("Text\r\n."), 250);
  EXPECT_EQ(sender.say("DATA"), 503) << "the former mail's recipients are gone";
  EXPECT_EQ(inbox_.newest_first().at(0).sender, "a@example.com");
}

TEST_F(SmtpServerTest, ResetAndGreetingForgetTheMail) {
  for (const char* forgetting : {"RSET", "EHLO again"}) {
    const auto sender = client();
    sender->say("MAIL FROM:<a@example.com>");
    sender->say("RCPT TO:<b@example.com>");
    EXPECT_EQ(sender->say(forgetting), 250);
    EXPECT_EQ(sender->say("DATA"), 503) << forgetting;
  }
}

TEST_F(SmtpServerTest, WhatItDoesNotKnowOrCannotReadItSays) {
  const auto sender = client();
  for (const char* unknown : {"STARTTLS", "VRFY ada", "", "Subject: Hi"}) {
    EXPECT_EQ(sender->say(unknown), 502) << unknown;
  }
  EXPECT_EQ(sender->say("MAIL FROM:a@example.com"), 501);
  EXPECT_EQ(sender->say("MAIL FROM:<>"), 250) << "the empty sender of a bounce";
  EXPECT_EQ(sender->say("RCPT TO:<>"), 501);
  EXPECT_EQ(sender->say("RCPT"), 501);
}

TEST_F(SmtpServerTest, PipelinedCommandsAreAnsweredInOrder) {
  const auto sender = client();
  sender->send("MAIL FROM:<a@example.com>\r\nRCPT TO:<>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n");
  EXPECT_EQ(sender->code(), 250);
  EXPECT_EQ(sender->code(), 501);
  EXPECT_EQ(sender->code(), 250);
  EXPECT_EQ(sender->code(), 354);
  sender->send("One\r\n.\r\nMAIL FROM:<c@example.com>\r\nRCPT TO:<d@example.com>\r\nDATA\r\n");
  for (const int code : {250, 250, 250, 354}) EXPECT_EQ(sender->code(), code);
  EXPECT_EQ(sender->say("Two\r\n."), 250);
  EXPECT_THAT(inbox_.newest_first(), SizeIs(2));
  EXPECT_EQ(newest(), "Two\r\n");
}

TEST_F(SmtpServerTest, BytesMayComeOneByOne) {
  const auto sender = writer();
  for (const char byte : std::string("Te\r\n..xt\r\n.\r\n")) sender->send({&byte, 1});
  EXPECT_EQ(sender->code(), 250);
  EXPECT_EQ(newest(), "Te\r\n.xt\r\n");
}

TEST_F(SmtpServerTest, DoubledDotsAreUndoneAndASingleOneEndsTheMail) {
  EXPECT_EQ(writer()->say("..\r\n...\r\n.. a\r\nb.\r\n."), 250);
  EXPECT_EQ(newest(), ".\r\n..\r\n. a\r\nb.\r\n");
}

// SMTP smuggling: what takes a bare LF or CR for the end of a line reads a second mail here.
TEST_F(SmtpServerTest, ADotBetweenBareLineFeedsDoesNotEndTheMail) {
  for (const char* end : {"\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\n", "\r.\r"}) {
    const auto sender = writer();
    sender->send("One" + std::string(end) + "MAIL FROM:<smuggled@example.com>\r\n");
    EXPECT_EQ(sender->say("."), 250);
    EXPECT_THAT(newest(), HasSubstr("MAIL FROM:<smuggled@example.com>")) << "inside the one mail";
  }
  EXPECT_THAT(inbox_.newest_first(), SizeIs(5));
}

TEST_F(SmtpServerTest, ALineBeyondTheLimitEndsTheConnection) {
  const auto fits = client();
  EXPECT_EQ(fits->say(std::string(16UL * 1024, 'x')), 502) << "a line of that length is one";
  const auto command = client();
  EXPECT_EQ(command->say(std::string(16UL * 1024 + 1, 'x')), 500);
  EXPECT_EQ(command->line(), "");
  const auto endless = writer();
  endless->send(std::string(64UL * 1024, 'x'));
  EXPECT_EQ(endless->code(), 500);
  EXPECT_THAT(inbox_.newest_first(), SizeIs(0));
}

TEST_F(SmtpServerTest, AMailBeyondTheLimitIsRefusedWholeAndTheNextOneTaken) {
  const auto sender = writer();
  const std::string line = std::string(1022, 'x') + "\r\n";
  for (int kilobyte = 0; kilobyte < 1025; ++kilobyte) sender->send(line);
  EXPECT_EQ(sender->say("."), 552);
  EXPECT_THAT(inbox_.newest_first(), SizeIs(0));
  EXPECT_EQ(sender->say("MAIL FROM:<a@example.com>"), 250);
  EXPECT_EQ(sender->say("RCPT TO:<b@example.com>"), 250);
  EXPECT_EQ(sender->say("DATA"), 354);
  EXPECT_EQ(sender->say("Text\r\n."), 250);
}

TEST_F(SmtpServerTest, AHundredRecipientsAndNoMore) {
  const auto sender = client();
  sender->say("MAIL FROM:<a@example.com>");
  for (int i = 0; i < 100; ++i) ASSERT_EQ(sender->say("RCPT TO:<b@example.com>"), 250);
  EXPECT_EQ(sender->say("RCPT TO:<b@example.com>"), 452);
}

TEST_F(SmtpServerTest, AMailWhoseSenderHangsUpIsNotTaken) {
  {
    const auto sender = writer();
    sender->send("Half a mail\r\n");
  }
  deliver(port_, "b@example.com", "Whole");
  EXPECT_THAT(inbox_.newest_first(), SizeIs(1));
}

TEST_F(SmtpServerTest, SilentClientsKeepNobodyWaitingAndDoNotHoldUpItsEnd) {
  const SmtpClient connected(port_);
  const auto greeted = client();
  const auto writing = writer();
  writing->send("Half a li");
  deliver(port_, "b@example.com", "Whole");
  EXPECT_THAT(inbox_.newest_first(), SizeIs(1));
  server_.stop();
  EXPECT_EQ(greeted->line(), "");
}

}  // namespace
}  // namespace latchkey::test
