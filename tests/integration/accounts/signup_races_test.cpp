// Sign-ups, confirmations, resets and changes of address of one account that meet: each sees what
// the others did, and one counts (SECURITY rules 2 and 13).
#include <atomic>

#include "sql/users.h"
#include "tests/integration/accounts/accounts_test.h"
#include "tests/support/must.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using testing::AnyOf;

class RacesTest : public AccountsTest {
 protected:
  RacesTest()
      : AccountsTest([](config::Config& config) {
          config.accounts.email_verification = config::EmailVerification::optional;
          config.limits.enabled = false;
        }) {}

  struct Request {
    std::string path;
    std::string body;
  };
  // Sends both at once and answers their statuses.
  std::pair<int, int> both(const Request& one, const Request& other) {
    std::array<int, 2> statuses{};
    in_parallel(2, [&](int i) {
      Browser browser = service_.browser();
      const Request& request = i == 0 ? one : other;
      statuses.at(static_cast<std::size_t>(i)) = browser.post(request.path, request.body).status;
    });
    return {statuses[0], statuses[1]};
  }
  static Request verification(const std::string& link) {
    return {"/api/email/verify/", form({{"token", link}})};
  }
  static Request resetting(const std::string& link) {
    return {"/api/password/reset/confirm/", form({{"token", link}, {"password", kOther}})};
  }
  std::optional<sql::User> user(const std::string& email) {
    return must(sql::users::find_by_email(*service_.database(), *Email::parse(email)));
  }
  static constexpr int kRounds = 6;
};

TEST_F(RacesTest, OneConfirmationOfALinkWinsHoweverManyComeAtOnce) {
  sign_up(kNew);
  const std::string link = token(kNew, "confirm_email");
  std::atomic<int> won = 0;
  std::atomic<int> late = 0;
  in_parallel(8, [&](int) {
    const Answer answer = service_.browser().post("/api/email/verify/", form({{"token", link}}));
    won += answer.status == 200 ? 1 : 0;
    late += answer.code() == "link_invalid" ? 1 : 0;
  });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(late, 7);
  EXPECT_EQ(try_login(kNew, kPassword).status, 200);
}

// Whichever is first ends the other link: the address that is proven is the account's.
TEST_F(RacesTest, AVerificationAndAChangeOfAddressHaveOneWinner) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string first = "first" + std::to_string(round) + "@example.com";
    const std::string second = "second" + std::to_string(round) + "@example.com";
    sign_up(first);
    Browser browser = signed_in(first, kPassword);
    ASSERT_EQ(browser.post("/api/email/change/", form({{"email", second}})).status, 200);
    const auto [verified, changed] = both(verification(token(first, "confirm_email")),
                                          verification(token(second, "change_email")));
    ASSERT_THAT(std::pair(verified, changed), AnyOf(std::pair(200, 400), std::pair(400, 200)));
    const std::string& expected = verified == 200 ? first : second;
    ASSERT_TRUE(user(expected));
    EXPECT_TRUE(user(expected)->email_verified());
    EXPECT_FALSE(user(verified == 200 ? second : first)) << "it is one account";
  }
}

TEST_F(RacesTest, AVerificationAndAResetHaveOneWinner) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string email = "user" + std::to_string(round) + "@example.com";
    sign_up(email);
    ask_reset(email);
    const auto [verified, set] = both(verification(token(email, "confirm_email")),
                                      resetting(token(email, "reset_password")));
    ASSERT_THAT(std::pair(verified, set), AnyOf(std::pair(200, 400), std::pair(400, 200)));
    EXPECT_EQ(try_login(email, verified == 200 ? kPassword : kOther).status, 200);
    EXPECT_EQ(try_login(email, verified == 200 ? kOther : kPassword).status, 400);
  }
}

// The second sign-up is before the confirmation, and its link replaces the other; or it comes too
// late, and the address has an account.
TEST_F(RacesTest, ASecondSignUpDuringAConfirmationBringsNothing) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string email = "user" + std::to_string(round) + "@example.com";
    sign_up(email);
    const auto [verified, second] =
        both(verification(token(email, "confirm_email")),
             {"/api/signup/", form({{"email", email}, {"password", kOther}})});
    EXPECT_EQ(second, 202);
    EXPECT_EQ(user(email)->email_verified(), verified == 200);
    EXPECT_EQ(mails_to(service_, email, "signup_existing"), verified == 200 ? 1 : 0);
    EXPECT_EQ(try_login(email, kPassword).status, 200);
    EXPECT_EQ(try_login(email, kOther).status, 400) << "nobody has proven the address for it";
  }
}

}  // namespace
}  // namespace latchkey::test
