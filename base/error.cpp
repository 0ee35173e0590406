#include "base/error.h"

#include <array>

namespace latchkey {
namespace {

// No default: a new ErrorCode does not compile before it has its place here.
constexpr ErrorInfo info_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed_request:
      return {400, "malformed_request", "The request could not be understood."};
    case ErrorCode::malformed_json:
      return {400, "malformed_json", "The request body is not valid JSON."};
    case ErrorCode::validation_failed:
      return {400, "validation_failed", "Some of the values sent are missing or not valid."};
    case ErrorCode::parameters_invalid:
      return {400, "parameters_invalid",
              "The sign-in answer is incomplete or malformed. Please start again."};
    case ErrorCode::not_found:
      return {404, "not_found", "Not found."};
    case ErrorCode::method_not_allowed:
      return {405, "method_not_allowed", "This method is not allowed here."};
    case ErrorCode::unsupported_media_type:
      return {415, "unsupported_media_type", "The request body must be sent as application/json."};
    case ErrorCode::request_timeout:
      return {408, "request_timeout", "The request did not arrive in time."};
    case ErrorCode::body_too_large:
      return {413, "body_too_large", "The request body is too large."};
    case ErrorCode::uri_too_long:
      return {414, "uri_too_long", "The address of the request is too long."};
    case ErrorCode::headers_too_large:
      return {431, "headers_too_large", "The headers of the request are too large."};
    case ErrorCode::not_implemented:
      return {501, "not_implemented", "This service does not know the method of the request."};
    case ErrorCode::csrf_token_missing:
      return {403, "csrf_failed", "CSRF Failed: CSRF token missing."};
    case ErrorCode::csrf_token_incorrect:
      return {403, "csrf_failed", "CSRF Failed: CSRF token incorrect."};
    case ErrorCode::origin_not_allowed:
      return {403, "origin_not_allowed", "Requests from this origin are not allowed."};
    case ErrorCode::rate_limited:
      return {429, "rate_limited", "Too many attempts. Please wait and try again.", true};

    case ErrorCode::not_authenticated:
      return {403, "not_authenticated", "Authentication credentials were not provided."};
    case ErrorCode::token_not_valid:
      return {401, "token_not_valid", "Token is invalid or expired"};
    case ErrorCode::permission_denied:
      return {403, "permission_denied", "You do not have permission to perform this action."};
    case ErrorCode::invalid_credentials:
      return {400, "invalid_credentials", "Invalid credentials"};
    case ErrorCode::reauthentication_required:
      return {403, "reauthentication_required",
              "Please confirm that it is you by signing in again, then repeat this."};
    case ErrorCode::account_disabled:
      return {403, "account_disabled",
              "This account is disabled. Please contact the administrator."};
    case ErrorCode::signup_disabled:
      return {403, "signup_disabled",
              "New accounts cannot be made here. Please contact the administrator."};
    case ErrorCode::last_login_method:
      return {409, "last_login_method",
              "This is the only way into your account. Set a password or connect another "
              "provider first."};
    case ErrorCode::no_pending_sign_in:
      return {404, "no_pending_sign_in",
              "There is no sign-in waiting for confirmation, or it has expired. Please sign in "
              "again."};
    case ErrorCode::identity_mismatch:
      return {403, "identity_mismatch",
              "This is not a provider account that is connected to yours. Please confirm with one "
              "that is."};
    case ErrorCode::email_in_use:
      return {409, "email_in_use",
              "This address belongs to another account. Please use another address, or sign in to "
              "that account."};
    case ErrorCode::link_invalid:
      return {400, "link_invalid",
              "This link has expired, has been used already, or a newer one was mailed. Please ask "
              "for a new one."};
    case ErrorCode::code_invalid:
      return {400, "code_invalid", "This is not the code that we mailed you. Please check it."};
    case ErrorCode::code_expired:
      return {400, "code_expired",
              "This code is too old or was tried too often. Please ask for a new one."};

    case ErrorCode::user_unknown:
      return {404, "user_unknown", "There is no such user."};
    case ErrorCode::session_unknown:
      return {404, "session_unknown", "This user has no such session."};
    case ErrorCode::user_merged:
      return {409, "user_merged",
              "This user has been merged into another one. Undo that merge first, or work on the "
              "other user."};
    case ErrorCode::merge_conflict:
      return {
          409, "merge_conflict",
          "These users should not be merged as they are. Look at the conflicts, and repeat this "
          "with \"force\" if you mean it."};
    case ErrorCode::merge_undone:
      return {409, "merge_undone", "This merge has been undone already."};
    case ErrorCode::merge_expired:
      return {409, "merge_expired", "A merge can be undone for 30 days, and those are over."};
    case ErrorCode::no_merge_offer:
      return {404, "no_merge_offer",
              "There is nothing to merge, or it took too long. Please connect the provider again."};
    case ErrorCode::own_account:
      return {409, "own_account",
              "You cannot lock yourself out. Please ask another administrator to do this."};
    case ErrorCode::last_administrator:
      return {409, "last_administrator",
              "Nobody could administer users any more. Please make another administrator first."};

    case ErrorCode::state_invalid:
      return {400, "state_invalid",
              "This sign-in was not started in this browser. Please start again."};
    case ErrorCode::state_expired:
      return {400, "state_expired", "The sign-in took too long. Please start again."};
    case ErrorCode::state_replayed:
      return {400, "state_replayed",
              "This sign-in has already been completed. Please start again."};
    case ErrorCode::provider_unknown:
      return {404, "provider_unknown", "There is no such sign-in provider here."};
    case ErrorCode::provider_denied:
      return {400, "provider_denied",
              "The sign-in was cancelled or refused at the provider. You can try again or choose "
              "another way to sign in."};
    case ErrorCode::provider_rejected:
      return {502, "provider_rejected",
              "The provider did not accept this sign-in. Please start again."};
    case ErrorCode::provider_invalid_response:
      return {502, "provider_invalid_response",
              "The provider sent an answer that cannot be trusted. Please try again later or "
              "choose another way to sign in."};
    case ErrorCode::provider_unavailable:
      return {503, "provider_unavailable",
              "The provider cannot be reached at the moment. Please try again shortly or choose "
              "another way to sign in.",
              true};
    case ErrorCode::domain_not_allowed:
      return {403, "domain_not_allowed",
              "Accounts of this e-mail domain may not sign in here. Please use another account."};
    case ErrorCode::email_not_verified:
      return {403, "email_not_verified",
              "The e-mail address of this account is not verified. Please verify it and sign in "
              "again."};
    case ErrorCode::identity_in_use:
      return {409, "identity_in_use",
              "This provider account is already connected to another user. Sign in with it, or "
              "disconnect it there first."};

    case ErrorCode::store_unavailable:
      return {503, "store_unavailable",
              "The service cannot reach its database at the moment. Please try again shortly.",
              true};
    case ErrorCode::mail_not_configured:
      // Waiting does not help here, so no Retry-After.
      return {503, "mail_not_configured",
              "This service is not set up to send mail. Please contact the administrator."};
    case ErrorCode::server_busy:
      return {503, "server_busy", "The service is busy. Please try again shortly.", true};
    case ErrorCode::internal_error:
      return {500, "internal_error", "Something went wrong on our side. Please try again later."};
  }
  return {};  // not an enumerator
}

constexpr std::size_t kErrorCodes = static_cast<std::size_t>(ErrorCode::internal_error) + 1;

constexpr std::array<ErrorInfo, kErrorCodes> kInfos = [] {
  std::array<ErrorInfo, kErrorCodes> infos{};
  for (std::size_t i = 0; i < kErrorCodes; ++i) infos[i] = info_of(static_cast<ErrorCode>(i));
  return infos;
}();

}  // namespace

const ErrorInfo& describe(ErrorCode code) { return kInfos.at(static_cast<std::size_t>(code)); }

bool parse_error_code(std::string_view text, ErrorCode& out) {
  for (std::size_t i = 0; i < kErrorCodes; ++i) {
    if (kInfos[i].code == text) {
      out = static_cast<ErrorCode>(i);
      return true;
    }
  }
  return false;
}

}  // namespace latchkey
