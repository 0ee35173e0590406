// The fixture of what people do to their accounts: a service whose mails wait in the queue, and a
// visitor.
#pragma once

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/mail_slot.h"

namespace latchkey::test {

inline constexpr const char* kAda = "ada@example.com";
inline constexpr const char* kNew = "new@example.com";
inline constexpr const char* kPassword = "analytical-engine";
inline constexpr const char* kOther = "difference-engine";

// Without what differs between any two answers.
inline std::string essence(const Answer& answer) {
  return std::to_string(answer.status) + answer.body.substr(0, answer.body.find(R"("request_id")"));
}

class AccountsTest : public testing::Test {
 protected:
  explicit AccountsTest(const Service::Adjust& adjust = {})
      : service_([&adjust](config::Config& config) {
          configure_mail(config);
          config.limits.mail_interval = std::chrono::seconds(0);
          if (adjust) adjust(config);
        }) {}

  Answer sign_up(const std::string& email, const std::string& password = kPassword) {
    return visitor_.post("/api/signup/", form({{"email", email}, {"password", password}}));
  }
  // From another IP address, through the proxy that a test has configured.
  Answer sign_up_from(const std::string& ip, const std::string& device, const std::string& email,
                      const std::string& password) {
    return service_.browser().post("/api/signup/", form({{"email", email}, {"password", password}}),
                                   {{"X-Forwarded-For", ip}, {"User-Agent", device}});
  }
  Answer verify(const std::string& token) {
    return visitor_.post("/api/email/verify/", form({{"token", token}}));
  }
  Answer ask_reset(const std::string& email) {
    return visitor_.post("/api/password/reset/", form({{"email", email}}));
  }
  Answer reset(const std::string& token, const std::string& password) {
    return visitor_.post("/api/password/reset/confirm/",
                         form({{"token", token}, {"password", password}}));
  }
  [[nodiscard]] std::string token(const std::string& email, const std::string& kind) const {
    return mailed_token(service_, email, kind);
  }
  // A browser of its own, signed in.
  Browser signed_in(const std::string& email, const std::string& password) {
    Browser browser = service_.browser();
    EXPECT_EQ(log_in(browser, email, password).status, 200) << email;
    return browser;
  }
  Answer try_login(const std::string& email, const std::string& password) {
    Browser browser = service_.browser();
    return log_in(browser, email, password);
  }

  Service service_;
  Browser visitor_ = service_.browser();
};

}  // namespace latchkey::test
