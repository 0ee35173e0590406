// What several route files write into their answers: the cookies of a fresh login, the user as
// JSON, the page that tells a visitor what went wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "broker/admission.h"
#include "broker/http/message.h"
#include "config/config.h"
#include "providers/registry.h"
#include "sessions/csrf.h"
#include "sql/identities.h"
#include "sql/signins.h"
#include "sql/users.h"

namespace latchkey::broker {

// Where the request comes from.
Visitor visitor_of(const http::Request& request);

// Writes the cookies of a new session: the session's own, and the CSRF token, rotated with it.
class LoginCookies {
 public:
  LoginCookies(const config::Config& config, const sessions::CsrfTokens& csrf, const Clock& clock)
      : config_(config), csrf_(csrf), clock_(clock) {}
  void write(http::Response& response, const sessions::IssuedSession& session) const;

 private:
  const config::Config& config_;
  const sessions::CsrfTokens& csrf_;
  const Clock& clock_;
};

// "2026-11-21T08:30:00Z", RFC 3339.
std::string rfc3339(TimePoint time);

// The members of a user's own view of the account, without the braces around them (DESIGN section
// 5, GET /api/account/).
void write_user(JsonWriter& json, const sql::User& user);
// The same without `id`.
void write_profile(JsonWriter& json, const sql::User& user);
void write_identities(JsonWriter& json, const std::vector<sql::IdentityRow>& identities);
// The members of a pending sign-in, without the braces: who, why, and what can prove it; without
// mail nothing can but a password.
void write_pending(JsonWriter& json, const sql::PendingSignIn& pending, const config::Mail& mail);

// {"authorize_url"}: a flow that a script has begun.
http::Response authorize_url_response(const std::string& authorize_url);

// A fault that ends a sign-in in a browser: to spa.error_url if there is one, else the built-in
// page, with the status of the error.
class FaultPages {
 public:
  FaultPages(const config::Config& config, const providers::Registry& providers)
      : config_(config), providers_(providers) {}
  [[nodiscard]] http::Response answer(const Error& error, std::string_view provider,
                                      const http::Request& request) const;
  // The built-in page itself.
  [[nodiscard]] http::Response page(int status, ErrorCode code, std::string_view provider,
                                    const http::Request& request) const;

 private:
  const config::Config& config_;
  const providers::Registry& providers_;
};

}  // namespace latchkey::broker
