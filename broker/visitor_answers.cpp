#include "broker/visitor_answers.h"

#include <chrono>

#include <fmt/compile.h>

#include "base/url.h"
#include "broker/page_template.h"

namespace latchkey::broker {
namespace {

std::string_view title_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::provider_denied:
      return "Sign-in was cancelled";
    case ErrorCode::state_invalid:
    case ErrorCode::state_expired:
    case ErrorCode::state_replayed:
    case ErrorCode::parameters_invalid:
      return "This sign-in cannot be finished";
    case ErrorCode::account_disabled:
      return "This account is disabled";
    case ErrorCode::domain_not_allowed:
    case ErrorCode::email_not_verified:
      return "This address cannot be used";
    case ErrorCode::signup_disabled:
      return "Sign-up is closed";
    case ErrorCode::identity_in_use:
      return "Already connected elsewhere";
    case ErrorCode::identity_mismatch:
      return "This is somebody else";
    case ErrorCode::provider_unknown:
    case ErrorCode::not_found:
      return "Not found";
    default:
      return "Sign-in is not possible right now";
  }
}

}  // namespace

Visitor visitor_of(const http::Request& request) {
  return {.ip = request.client_ip,
          .user_agent = request.user_agent(),
          .request_id = request.request_id};
}

void LoginCookies::write(http::Response& response, const sessions::IssuedSession& session) const {
  response.cookie(sessions::session_cookie(config_.session, session, clock_.now()));
  response.cookie(
      sessions::csrf_cookie(config_.session, config_.csrf, csrf_.issue(session.token_hash)));
}

std::string rfc3339(TimePoint time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(second - day);
  // Not {:%Y…}, which costs more than the rest of an account.
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z"),
                     static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

void write_user(JsonWriter& json, const sql::User& user) {
  json.field("id", user.id);
  write_profile(json, user);
}

void write_profile(JsonWriter& json, const sql::User& user) {
  json.field("email", user.email)
      .field("username", user.email)
      .field("email_verified", user.email_verified())
      .field("name", user.name)
      .field("avatar_url", user.avatar_url)
      .field("is_staff", user.is_staff)
      .field("is_superuser", user.is_superuser)
      .field("has_password", user.has_password());
}

void write_identities(JsonWriter& json, const std::vector<sql::IdentityRow>& identities) {
  json.begin_array();
  for (const sql::IdentityRow& identity : identities) {
    json.begin_object()
        .field("id", identity.id)
        .field("provider", identity.provider)
        .field("subject", identity.subject)
        .key("email");
    identity.email.empty() ? json.null() : json.value(identity.email);
    json.field("email_verified", identity.email_verified)
        .field("linked_at", rfc3339(identity.linked_at))
        .key("last_used_at");
    identity.last_used_at ? json.value(rfc3339(*identity.last_used_at)) : json.null();
    json.end_object();
  }
  json.end_array();
}

void write_pending(JsonWriter& json, const sql::PendingSignIn& pending, const config::Mail& mail) {
  json.field("provider", pending.provider).key("email");
  pending.email.empty() ? json.null() : json.value(pending.email);
  json.field("reason", pending.reason).key("methods").begin_array();
  if (!mail.smtp_url.empty()) json.value("email");
  if (pending.reason == "account_exists") json.value("password");
  json.end_array();
}

http::Response authorize_url_response(const std::string& authorize_url) {
  JsonWriter json;
  json.begin_object().field("authorize_url", authorize_url).end_object();
  return http::json_response(200, json);
}

http::Response FaultPages::answer(const Error& error, std::string_view provider,
                                  const http::Request& request) const {
  const ErrorInfo& info = describe(error.code);
  const std::string& elsewhere = config_.spa.error_url;
  // An unknown provider is a wrong link, not a sign-in that failed.
  if (elsewhere.empty() || error.code == ErrorCode::provider_unknown) {
    return page(info.status, error.code, provider, request);
  }
  return http::redirect_response(303, with_query(elsewhere, {{"error", std::string(info.code)},
                                                             {"provider", std::string(provider)}}));
}

http::Response FaultPages::page(int status, ErrorCode code, std::string_view provider,
                                const http::Request& request) const {
  const ErrorInfo& info = describe(code);
  PageValues values{{"title", std::string(title_of(code))},
                    {"sentence", std::string(info.sentence)},
                    {"code", std::string(info.code)},
                    {"request_id", request.request_id}};
  if (const providers::Provider* known = providers_.find(provider)) {
    values["provider"] = known->id();
    values["provider_label"] = known->label();
    values["retry_url"] = "/auth/" + known->id() + "/login";
  }
  http::Response response =
      http::html_response(status, render_page("pages/error.html", config_, values));
  if (info.retry_later) {
    response.header("Retry-After", std::to_string(http::kUsualRetryAfter));
  }
  return response;
}

}  // namespace latchkey::broker
