// What can go wrong, named once. Every fault a browser, an API client or an operator can meet is
// an ErrorCode; describe() is the one place that gives it its HTTP status, its stable code and a
// sentence a person can act on. Error::detail is for the log only and never reaches a client.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace latchkey {

enum class ErrorCode {
  // The visitor's request.
  malformed_request,
  malformed_json,
  validation_failed,
  parameters_invalid,
  not_found,
  method_not_allowed,
  unsupported_media_type,
  request_timeout,
  body_too_large,
  uri_too_long,
  headers_too_large,
  not_implemented,
  csrf_token_missing,
  csrf_token_incorrect,
  origin_not_allowed,
  rate_limited,
  // Who the visitor is.
  not_authenticated,
  token_not_valid,
  permission_denied,
  invalid_credentials,
  reauthentication_required,
  account_disabled,
  signup_disabled,
  last_login_method,
  no_pending_sign_in,
  identity_mismatch,
  email_in_use,
  link_invalid,
  code_invalid,
  code_expired,
  // Administration.
  user_unknown,
  session_unknown,
  own_account,
  user_merged,
  merge_conflict,
  merge_undone,
  merge_expired,
  no_merge_offer,
  last_administrator,
  // The sign-in flow.
  state_invalid,
  state_expired,
  state_replayed,
  provider_unknown,
  provider_denied,
  provider_rejected,
  provider_invalid_response,
  provider_unavailable,
  domain_not_allowed,
  email_not_verified,
  identity_in_use,
  // The service.
  store_unavailable,
  mail_not_configured,
  server_busy,
  internal_error,  // stays last: base/error.cpp counts by it
};

struct ErrorInfo {
  int status;                 // HTTP status of an API answer
  std::string_view code;      // stable, snake_case
  std::string_view sentence;  // what happened and what to do, for a person
  bool retry_later = false;   // answer carries Retry-After
};

const ErrorInfo& describe(ErrorCode code);

// The ErrorCode whose stable code this is, if any: for the error page's `?error=`.
bool parse_error_code(std::string_view text, ErrorCode& out);

struct Error {
  ErrorCode code;
  std::string detail = {};  // private: for the log, never for a client
  int retry_after = 0;      // seconds for Retry-After; 0: the usual ones
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string detail = {}) {
  return tl::unexpected<Error>(Error{code, std::move(detail)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace latchkey
