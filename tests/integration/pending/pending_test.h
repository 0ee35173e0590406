// The fixture of pending sign-ins: a service whose mails wait in the queue, and a browser that
// holds one.
#pragma once

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/mail_slot.h"

namespace latchkey::test {

inline constexpr const char* kPassword = "analytical-engine";

inline std::string member(const std::string& name, const std::string& value) {
  JsonWriter json;
  json.begin_object().field(name, value).end_object();
  return json.text();
}

// A code that is certainly not this one.
inline std::string another(std::string code) {
  code.front() = code.front() == 'A' ? 'B' : 'A';
  return code;
}

class PendingProofsTest : public testing::Test {
 protected:
  // Leaves the browser with a pending sign-in.
  void begin(Browser& browser, const std::string& person, const std::string& provider) {
    service_.approve_as(person);
    const auto url = Url::parse(callback_url_of(browser, provider, "/app"));
    const Answer answer = browser.get("/api/social/" + provider + "/?" + url->query);
    ASSERT_EQ(answer.status, 202) << answer.body;
  }
  Answer ask(Browser& browser, const std::string& email = "") {
    return browser.post("/api/social/pending/email/", email.empty() ? "" : member("email", email));
  }
  Answer confirm(Browser& browser, const std::string& code) {
    return browser.post("/api/social/pending/confirm/", member("code", code));
  }
  Answer confirm_password(Browser& browser, const std::string& password) {
    return browser.post("/api/social/pending/confirm/", member("password", password));
  }
  [[nodiscard]] std::string code_for(const std::string& recipient) const {
    return mailed_code(service_, recipient);
  }
  // The reasons of the audit events with that action.
  [[nodiscard]] std::vector<std::string> reasons(const std::string& action) const {
    static constexpr sql::Statement kReasons = {
        "test_reasons", "SELECT reason FROM audit_events WHERE action = $1 ORDER BY id"};
    const auto connection = service_.database();
    return connection->execute(kReasons, sql::Parameters().text(action))
        ->all([](const sql::Row& row) { return row.text(0); });
  }
  void wait_for_the_next_code() { service_.clock.advance(std::chrono::minutes(3)); }

  Service service_{configure_mail};
  Browser browser_ = service_.browser();
};

}  // namespace latchkey::test
