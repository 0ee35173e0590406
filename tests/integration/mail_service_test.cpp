// Mail of the whole service through a real SMTP server: requests never depend on it, nothing is
// lost, nothing is sent twice.
#include <atomic>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/dev/mail_message.h"
#include "tests/integration/mail_slot.h"
#include "tests/integration/smtp_server.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Less than what a mail is leased for, so that no second sender takes what one is sending.
constexpr std::chrono::minutes kBeyondTheFirstPauses{2};

Service::Adjust mailing_to(const std::string& url) {
  return [url](config::Config& config) {
    config.mail.smtp_url = url;
    config.mail.from = "Example <login@example.com>";
    config.limits.enabled = false;
  };
}

Answer sign_up(const Service& service, const std::string& email) {
  return service.browser().post("/api/signup/",
                                form({{"email", email}, {"password", "analytical-engine"}}));
}

std::string essence(const Answer& answer) {
  return std::to_string(answer.status) + answer.body.substr(0, answer.body.find(R"("request_id")"));
}

// Statements that count mails.
constexpr sql::Statement kFailed = {"test_failed",
                                    "SELECT count(*) FROM mails WHERE last_error <> ''"};
constexpr sql::Statement kSent = {"test_sent",
                                  "SELECT count(*) FROM mails WHERE sent_at IS NOT NULL"};

// Waits until there is one.
void wait_for(const Service& service, const sql::Statement& count) {
  const auto connection = service.database();
  while ((*connection->execute(count))[0].int64(0) == 0) std::this_thread::yield();
}

std::vector<TakenMail> take(SmtpServer& server, int count) {
  std::vector<TakenMail> mails;
  for (int i = 0; i < count; ++i) mails.push_back(server.next());
  return mails;
}

TEST(MailOfTheService, ServerThatIsDownChangesNoAnswerAndLosesNoMail) {
  auto server = std::make_unique<SmtpServer>();
  Service service(mailing_to(server->url()));
  service.start_maintenance();
  service.add_user({.email = "ada@example.com", .password = "analytical-engine"});
  const std::string with_server = essence(sign_up(service, "first@example.com"));
  EXPECT_EQ(server->next().to, "first@example.com");
  wait_for(service, kSent);  // or it would be sent again, for want of the server's answer
  const int port = server->port();
  EXPECT_THAT(server->stop(), IsEmpty());

  EXPECT_EQ(essence(sign_up(service, "second@example.com")), with_server);
  EXPECT_EQ(essence(sign_up(service, "ada@example.com")), with_server);
  EXPECT_EQ(
      service.browser().post("/api/password/reset/", form({{"email", "ada@example.com"}})).status,
      200);
  Browser pending = service.browser();
  service.approve_as("margaret");
  EXPECT_EQ(latchkey::test::sign_in(pending, "facebook").status, 303);
  EXPECT_EQ(
      pending.post("/api/social/pending/email/", form({{"email", "margaret@example.net"}})).status,
      200);
  wait_for(service, kFailed);

  server = std::make_unique<SmtpServer>(std::vector<std::string>{"--port", std::to_string(port)});
  service.clock.advance(kBeyondTheFirstPauses);
  std::multimap<std::string, std::string> arrived;
  for (const TakenMail& mail : take(*server, 4)) {
    arrived.emplace(mail.to, providers::dev::parse_mail(mail.data).header("Subject"));
  }
  EXPECT_EQ(arrived.count("second@example.com"), 1U);
  EXPECT_EQ(arrived.count("ada@example.com"), 2U);
  ASSERT_EQ(arrived.count("margaret@example.net"), 1U);
  EXPECT_THAT(arrived.find("margaret@example.net")->second, HasSubstr("Your sign-in code: "));

  // Whatever was sent twice would have come before this one.
  sign_up(service, "last@example.com");
  EXPECT_EQ(server->next().to, "last@example.com");
  EXPECT_THAT(server->stop(), IsEmpty());
}

TEST(MailOfTheService, TwoInstancesSendEachMailOnce) {
  SmtpServer server;
  Service first(mailing_to(server.url()));
  Service second(first.config().database.url, mailing_to(server.url()));
  first.start_maintenance();
  second.start_maintenance();
  constexpr int kMails = 24;
  std::atomic<int> accepted = 0;
  in_parallel(4, [&](int thread) {
    for (int i = thread; i < kMails; i += 4) {
      const Service& service = i % 2 == 0 ? first : second;
      accepted += sign_up(service, "user" + std::to_string(i) + "@example.com").status == 202;
    }
  });
  EXPECT_EQ(accepted, kMails);
  std::map<std::string, int> arrived;
  for (const TakenMail& mail : take(server, kMails)) ++arrived[mail.to];
  EXPECT_EQ(arrived.size(), static_cast<std::size_t>(kMails)) << "each of them, and none twice";

  sign_up(first, "last.one@example.com");
  sign_up(second, "last.two@example.com");
  for (const TakenMail& mail : take(server, 2))
    EXPECT_TRUE(mail.to.starts_with("last.")) << mail.to;
}

// Both find the whole queue due at the same moment.
TEST(MailOfTheService, TwoInstancesShareTheQueueOfAServerThatComesBack) {
  auto server = std::make_unique<SmtpServer>();
  const int port = server->port();
  const std::string url = server->url();
  server->stop();
  Service first(mailing_to(url));
  Service second(first.config().database.url, mailing_to(url));
  first.start_maintenance();
  second.start_maintenance();
  constexpr int kMails = 12;
  for (int i = 0; i < kMails; ++i) {
    const Service& service = i % 2 == 0 ? first : second;
    EXPECT_EQ(sign_up(service, "user" + std::to_string(i) + "@example.com").status, 202);
  }
  wait_for(first, kFailed);
  server = std::make_unique<SmtpServer>(std::vector<std::string>{"--port", std::to_string(port)});
  first.clock.advance(kBeyondTheFirstPauses);
  second.clock.advance(kBeyondTheFirstPauses);
  std::map<std::string, int> arrived;
  for (const TakenMail& mail : take(*server, kMails)) ++arrived[mail.to];
  EXPECT_EQ(arrived.size(), static_cast<std::size_t>(kMails));
  sign_up(first, "last.one@example.com");
  sign_up(second, "last.two@example.com");
  for (const TakenMail& mail : take(*server, 2))
    EXPECT_TRUE(mail.to.starts_with("last.")) << mail.to;
}

}  // namespace
}  // namespace latchkey::test
