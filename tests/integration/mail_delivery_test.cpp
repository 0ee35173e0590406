// From the post office through the queue to a real SMTP server. Rounds are run by hand, so that a
// test says when; only the last test has the sender's own thread.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/mail/post_office.h"
#include "broker/mail/sender.h"
#include "providers/dev/mail_message.h"
#include "tests/integration/smtp_server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/must.h"
#include "tests/support/parallel.h"
#include "tests/support/test_database.h"

namespace latchkey::broker {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::must;
using test::SmtpServer;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class MailDelivery : public testing::Test {
 protected:
  void configure(const std::string& url) {
    config_.server.public_url = "https://login.example.com";
    config_.mail.smtp_url = url;
    config_.mail.from = "Café Example <support@example.com>";
    office_ = std::make_unique<PostOffice>(config_, clock_);
  }
  [[nodiscard]] std::unique_ptr<MailSender> sender() { return sender(smtp_settings(config_)); }
  [[nodiscard]] std::unique_ptr<MailSender> sender(SmtpSettings settings) {
    return std::make_unique<MailSender>(
        MailSender::Parts{.pool = pool_, .bell = office_->bell(), .clock = clock_},
        std::move(settings));
  }
  bool post(const std::string& recipient, MailKind kind = MailKind::sign_in_code) {
    return must(office_->post(*connection_, {.kind = kind,
                                             .recipient = recipient,
                                             .user = std::nullopt,
                                             .values = {{"code", "ABC234"},
                                                        {"provider", "GitHub"},
                                                        {"link", "https://login.example.com/x"}}}));
  }
  std::string field(const char* text) {
    return must(connection_->execute({.name = text, .text = text}))[0].text(0);
  }
  // How the only mail stands: attempts, sent, failed, whether it still has a body.
  std::string state() {
    return field(
        "SELECT attempts || CASE WHEN sent_at IS NOT NULL THEN ' sent' ELSE '' END ||"
        " CASE WHEN failed_at IS NOT NULL THEN ' failed' ELSE '' END ||"
        " CASE WHEN text_body IS NOT NULL OR html_body IS NOT NULL THEN ' body' ELSE '' END"
        " FROM mails");
  }
  std::string last_error() { return field("SELECT last_error FROM mails"); }

  test::TestDatabase database_;
  std::unique_ptr<sql::Connection> connection_ = database_.connect();
  sql::Pool pool_{database_.pool_options()};
  test::FakeClock clock_;
  config::Config config_;
  std::unique_ptr<PostOffice> office_;
};

TEST_F(MailDelivery, ArrivesAsTextAndHtmlAndLeavesNoCodeBehind) {
  SmtpServer server;
  configure(server.url());
  ASSERT_TRUE(post("ada@example.com"));
  EXPECT_EQ(sender()->send_due(), 1);
  const test::TakenMail taken = server.next();
  EXPECT_EQ(taken.from, "support@example.com");
  EXPECT_EQ(taken.to, "ada@example.com");
  EXPECT_EQ(taken.helo, "login.example.com");
  const auto mail = providers::dev::parse_mail(taken.data);
  EXPECT_EQ(mail.header("Subject"), "Your sign-in code: ABC234");
  EXPECT_EQ(mail.header("From"), "Café Example <support@example.com>");
  EXPECT_EQ(mail.header("Date"), "Sat, 21 Nov 2026 08:00:00 +0000");
  EXPECT_EQ(mail.header("Auto-Submitted"), "auto-generated");
  EXPECT_THAT(mail.header("Content-Type"), HasSubstr("multipart/alternative; boundary="));
  EXPECT_THAT(mail.header("Message-ID"), testing::MatchesRegex("<[0-9]+\\.[0-9]+@example.com>"));
  EXPECT_THAT(mail.text, HasSubstr("    ABC234\n"));
  EXPECT_THAT(mail.html, HasSubstr("<p class=\"code\">ABC234</p>"));
  EXPECT_EQ(state(), "1 sent");
}

TEST_F(MailDelivery, SeveralMailsShareOneConnection) {
  SmtpServer server;
  configure(server.url());
  for (const char* to : {"a@example.com", "b@example.com", "c@example.com"}) ASSERT_TRUE(post(to));
  EXPECT_EQ(sender()->send_due(), 3);
  const std::int64_t peer = server.next().peer_port;
  EXPECT_EQ(server.next().peer_port, peer);
  EXPECT_EQ(server.next().peer_port, peer);
}

TEST_F(MailDelivery, ManySendersSendEachMailOnce) {
  SmtpServer server;
  configure(server.url());
  constexpr int kMails = 8;  // what it took stays in a pipe of 64 KiB until stop()
  for (int i = 0; i < kMails; ++i) ASSERT_TRUE(post("user" + std::to_string(i) + "@example.com"));
  std::atomic<int> sent = 0;
  test::in_parallel(4, [&](int) { sent += sender()->send_due(); });
  EXPECT_EQ(sent, kMails);
  EXPECT_THAT(server.stop(), SizeIs(kMails));
}

TEST_F(MailDelivery, WaitsForAServerThatIsDownAndGoesOutOnceItIsBack) {
  auto server = std::make_unique<SmtpServer>();
  const int port = server->port();
  configure(server->url());
  server->stop();
  ASSERT_TRUE(post("ada@example.com"));
  ASSERT_TRUE(post("bob@example.com"));
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(sender()->send_due(), 0);
    clock_.advance(hours(1));
  }
  server = std::make_unique<SmtpServer>(std::vector<std::string>{"--port", std::to_string(port)});
  EXPECT_EQ(sender()->send_due(), 2);
  EXPECT_THAT(server->stop(), SizeIs(2));
}

TEST_F(MailDelivery, PausesGrowFromSecondsToAnHour) {
  SmtpServer server;
  configure(server.url());
  server.stop();
  ASSERT_TRUE(post("ada@example.com"));
  const auto sending = sender();
  for (const int pause : {5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600}) {
    sending->send_due();
    EXPECT_EQ(
        must(connection_->execute({.name = "pause",
                                   .text = "SELECT extract(epoch FROM next_attempt_at - $1)::bigint"
                                           " FROM mails"},
                                  sql::Parameters().timestamp(clock_.now())))[0]
            .int64(0),
        pause);
    clock_.advance(seconds(pause));
  }
}

TEST_F(MailDelivery, IsGivenUpAfterADay) {
  SmtpServer server;
  configure(server.url());
  server.stop();
  ASSERT_TRUE(post("ada@example.com"));
  clock_.advance(hours(24));
  sender()->send_due();
  EXPECT_EQ(state(), "1 failed");
}

TEST_F(MailDelivery, RefusedRecipientIsGivenUpAtOnceAndKeepsNobodyWaiting) {
  SmtpServer server;
  configure(server.url());
  ASSERT_TRUE(post("refused@example.com"));
  EXPECT_EQ(sender()->send_due(), 0);
  EXPECT_EQ(state(), "1 failed");
  EXPECT_EQ(last_error(), "the server answered RCPT with 550");  // and not its words
  ASSERT_TRUE(post("ada@example.com"));
  EXPECT_EQ(sender()->send_due(), 1);
}

TEST_F(MailDelivery, RefusedContentIsGivenUp) {
  SmtpServer server;
  configure(server.url());
  ASSERT_TRUE(post("spam@example.com"));
  EXPECT_EQ(sender()->send_due(), 0);
  EXPECT_EQ(state(), "1 failed");
  EXPECT_EQ(last_error(), "the server answered DATA with 554");
}

TEST_F(MailDelivery, BusyServerIsTriedAgainAndOthersGoOut) {
  SmtpServer server;
  configure(server.url());
  ASSERT_TRUE(post("busy@example.com"));
  EXPECT_EQ(sender()->send_due(), 0);
  EXPECT_EQ(state(), "1 body");
  ASSERT_TRUE(post("ada@example.com"));
  EXPECT_EQ(sender()->send_due(), 1);
  clock_.advance(seconds(5));
  EXPECT_EQ(sender()->send_due(), 1);
  EXPECT_EQ(server.next().to, "ada@example.com");
  EXPECT_EQ(server.next().to, "busy@example.com");
}

TEST_F(MailDelivery, HangingServerEndsTheRoundInItsTime) {
  SmtpServer server;
  configure(server.url());
  SmtpSettings impatient = smtp_settings(config_);
  impatient.timeout = std::chrono::milliseconds(300);
  ASSERT_TRUE(post("hang@example.com"));
  EXPECT_EQ(sender(impatient)->send_due(), 0);
  EXPECT_EQ(state(), "1 body");
}

TEST_F(MailDelivery, HangUpInTheMiddleIsTriedAgain) {
  SmtpServer server;
  configure(server.url());
  ASSERT_TRUE(post("close@example.com"));
  EXPECT_EQ(sender()->send_due(), 0);
  EXPECT_EQ(state(), "1 body");
}

TEST_F(MailDelivery, LeaseOfADeadSenderRunsOutAndTheSecondCopyHasTheSameMessageId) {
  SmtpServer server;
  configure(server.url());
  ASSERT_TRUE(post("ada@example.com"));
  const auto claimed =
      must(sql::mails::claim(*connection_, clock_.now(), clock_.now() + minutes(5)));
  ASSERT_TRUE(claimed);
  EXPECT_EQ(sender()->send_due(), 0);
  clock_.advance(minutes(5));
  EXPECT_EQ(sender()->send_due(), 1);
  // What the first one says now, should it live after all, changes nothing.
  must(sql::mails::retry_later(*connection_, *claimed, clock_.now(), "late"));
  EXPECT_EQ(sender()->send_due(), 0);
  const std::string id = providers::dev::parse_mail(server.next().data).header("Message-ID");
  EXPECT_THAT(id, HasSubstr("." + std::to_string(claimed->id) + "@"));
}

TEST_F(MailDelivery, StartTlsIsDemandedAndItsCertificateChecked) {
  SmtpServer plain;
  configure(plain.url());
  SmtpSettings settings = smtp_settings(config_);
  EXPECT_FALSE(settings.require_tls) << "this machine";
  settings.require_tls = true;
  ASSERT_TRUE(post("ada@example.com"));
  EXPECT_EQ(sender(settings)->send_due(), 0) << "a server without STARTTLS gets no mail";

  SmtpServer secure({"--tls"});
  settings.url = secure.url();
  clock_.advance(minutes(1));
  EXPECT_EQ(sender(settings)->send_due(), 0) << "a certificate that nobody vouches for";
  settings.ca_file = secure.ca_file();
  clock_.advance(minutes(1));
  EXPECT_EQ(sender(settings)->send_due(), 1);
  EXPECT_TRUE(secure.next().tls);
  EXPECT_THAT(plain.stop(), SizeIs(0));
}

TEST_F(MailDelivery, LogsInWithNameAndPassword) {
  SmtpServer server({"--login", "mailer:hunter2"});
  configure(server.url());
  config_.mail.username = "mailer";
  config_.mail.password = Secret("wrong");
  ASSERT_TRUE(post("ada@example.com"));
  EXPECT_EQ(sender()->send_due(), 0);
  EXPECT_EQ(state(), "1 body") << "a wrong password is the operator's fault and loses no mail";
  EXPECT_THAT(last_error(), Not(HasSubstr("wrong")));
  config_.mail.password = Secret("hunter2");
  clock_.advance(minutes(1));
  EXPECT_EQ(sender()->send_due(), 1);
}

TEST_F(MailDelivery, OnlyOtherHostsMustOfferTls) {
  configure("smtp://mail.example.com:587");
  EXPECT_TRUE(smtp_settings(config_).require_tls);
  configure("smtp://127.0.0.1:25");
  EXPECT_FALSE(smtp_settings(config_).require_tls);
  configure("smtp://localhost.example.com");
  EXPECT_TRUE(smtp_settings(config_).require_tls);
}

TEST_F(MailDelivery, RecipientsThatAreNoStoredAddressAreRefused) {
  configure("smtp://localhost:1");
  for (const char* recipient :
       {"ada@example.com\r\nRCPT TO:<eve@example.com>", "a@example.com,b@example.com",
        "<ada@example.com>", "Ada@example.com", "", "ada@example.com "}) {
    EXPECT_FALSE(office_->post(
        *connection_,
        {.kind = MailKind::new_device, .recipient = recipient, .user = std::nullopt, .values = {}}))
        << recipient;
  }
  EXPECT_EQ(field("SELECT count(*)::text FROM mails"), "0");
}

TEST_F(MailDelivery, ValuesCannotAddHeadersOrPassForTheMail) {
  SmtpServer server;
  configure(server.url());
  must(office_->post(*connection_, {.kind = MailKind::identity_linked,
                                    .recipient = "ada@example.com",
                                    .user = std::nullopt,
                                    .values = {{"provider", "X\r\nBcc: eve@example.com\r\n\r\nHi"},
                                               {"name", "<a href=\"http://evil.example\">"}}}));
  ASSERT_EQ(sender()->send_due(), 1);
  const auto mail = providers::dev::parse_mail(server.next().data);
  EXPECT_EQ(mail.header("Bcc"), "");
  EXPECT_THAT(mail.header("Subject"), HasSubstr("Bcc: eve@example.com"));
  EXPECT_THAT(mail.html, Not(HasSubstr("<a href=\"http://evil")));
  EXPECT_THAT(mail.html, HasSubstr("&lt;a href"));
  EXPECT_THAT(mail.text, Not(HasSubstr("\nBcc")));
}

TEST_F(MailDelivery, SenderThreadWakesAtTheBell) {
  SmtpServer server;
  configure(server.url());
  const auto sending = sender();
  sending->start();
  ASSERT_TRUE(post("ada@example.com"));
  office_->wake();
  EXPECT_EQ(server.next().to, "ada@example.com");
}

TEST_F(MailDelivery, WithoutConfiguredMailNothingIsQueued) {
  configure("");
  EXPECT_FALSE(office_->configured());
  EXPECT_TRUE(post("ada@example.com", MailKind::new_device));
  EXPECT_EQ(field("SELECT count(*)::text FROM mails"), "0");
}

TEST_F(MailDelivery, OneMailOfAKindPerIntervalAndNoticesAlways) {
  configure("smtp://localhost:1");
  EXPECT_TRUE(post("ada@example.com"));
  EXPECT_FALSE(post("ada@example.com"));
  EXPECT_TRUE(post("ada@example.com", MailKind::reset_password));
  EXPECT_TRUE(post("bob@example.com"));
  EXPECT_TRUE(post("ada@example.com", MailKind::new_device));
  EXPECT_TRUE(post("ada@example.com", MailKind::new_device));
  clock_.advance(config_.limits.mail_interval - seconds(1));
  EXPECT_FALSE(post("ada@example.com"));
  clock_.advance(seconds(1));
  EXPECT_TRUE(post("ada@example.com"));
  config_.limits.enabled = false;
  EXPECT_TRUE(post("ada@example.com"));
}

}  // namespace
}  // namespace latchkey::broker
