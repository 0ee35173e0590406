#include "broker/signin_flow.h"

#include <future>

#include "base/crypto.h"
#include "base/log.h"
#include "base/try.h"
#include "config/value_checks.h"
#include "providers/oauth.h"
#include "sql/signins.h"

namespace latchkey::broker {
namespace {

// RFC 6749 section 4.1.2.1. The visitor said no, the provider is ill, or we asked wrongly.
ErrorCode code_of_provider_error(std::string_view error) {
  if (error == "server_error" || error == "temporarily_unavailable") {
    return ErrorCode::provider_unavailable;
  }
  constexpr std::string_view kOurs[] = {"invalid_request",           "unauthorized_client",
                                        "unsupported_response_type", "invalid_scope",
                                        "redirect_uri_mismatch",     "application_suspended"};
  for (const std::string_view ours : kOurs) {
    if (error == ours) return ErrorCode::provider_rejected;
  }
  return ErrorCode::provider_denied;
}

// After these the browser keeps the flow's cookie: nothing was claimed, so it may come again.
bool can_retry(const Error& error) {
  return error.code == ErrorCode::store_unavailable || error.code == ErrorCode::server_busy;
}

}  // namespace

std::string SigninFlow::redirect_uri(const std::string& provider) const {
  const config::Config& config = parts_.config;
  if (config.spa.callback == config::SpaCallback::spa) {
    return config::callback_url_for(config.spa.callback_url, provider);
  }
  return config.server.public_url + "/auth/" + provider + "/callback";
}

Result<Begun> SigninFlow::begin(const BeginRequest& request, const sessions::CookieJar& jar) {
  providers::Provider* provider = parts_.providers.find(request.provider);
  if (provider == nullptr) return fail(ErrorCode::provider_unknown, request.provider);
  const bool bound = request.intent != Intent::sign_in;
  if (bound && request.session_token_hash.empty()) return fail(ErrorCode::not_authenticated);
  Flow flow{.provider = provider->id(),
            .state = random_token(parts_.random),
            .code_verifier = random_token(parts_.random),
            .nonce = random_token(parts_.random),
            .next = parts_.targets.resolve(request.next),
            .redirect_uri = redirect_uri(provider->id()),
            .intent = request.intent,
            .session_token_hash = bound ? request.session_token_hash : std::string(),
            .started_at = parts_.clock.now()};
  LATCHKEY_TRY_ASSIGN(
      std::string url,
      provider->authorize_url({.redirect_uri = flow.redirect_uri,
                               .state = flow.state,
                               .code_challenge = providers::code_challenge(flow.code_verifier),
                               .nonce = flow.nonce,
                               .force_login = flow.intent == Intent::reauthenticate}));
  return Begun{.authorize_url = std::move(url), .cookies = parts_.cookies.keep(flow, jar)};
}

Completion SigninFlow::complete(const CompletionRequest& request, const sessions::CookieJar& jar) {
  providers::Provider* provider = parts_.providers.find(request.provider);
  if (provider == nullptr) {
    return {.result = fail(ErrorCode::provider_unknown, request.provider), .cookies = {}};
  }
  if (!request.state || request.state->empty()) {
    return {.result = fail(ErrorCode::state_invalid, "no state"), .cookies = {}};
  }
  const std::string state_hash = sha256(*request.state);
  const auto flow = parts_.cookies.find(*request.state, jar);
  // A reload of the callback after it was answered: the flow's cookie is gone, the session is
  // there.
  if (!flow)
    return {.result = repeat(request, state_hash, ErrorCode::state_invalid), .cookies = {}};

  Completion completion{.result = fail(ErrorCode::internal_error), .cookies = {}};
  completion.result = complete_flow(request, *flow, *provider, state_hash, completion.cookies);
  if (completion.result || !can_retry(completion.result.error())) {
    completion.cookies.push_back(parts_.cookies.forget(*request.state));
  }
  return completion;
}

Result<Completed> SigninFlow::complete_flow(const CompletionRequest& request, const Flow& flow,
                                            providers::Provider& provider,
                                            const std::string& state_hash, SetCookies& cookies) {
  const auto place = bulkhead_.enter(provider.id());
  if (!place) return fail(ErrorCode::server_busy, "too many sign-ins at " + provider.id());
  LATCHKEY_TRY(check_response(request, flow, provider));
  return exchange_and_admit(request, flow, provider, state_hash, cookies);
}

// Everything that can be told without asking anybody (but for the provider's metadata).
Status SigninFlow::check_response(const CompletionRequest& request, const Flow& flow,
                                  providers::Provider& provider) const {
  if (parts_.clock.now() >= flow.started_at + FlowCookies::kLifetime) {
    return fail(ErrorCode::state_expired);
  }
  if (flow.provider != provider.id()) {
    return fail(ErrorCode::state_invalid, "the state was made for " + flow.provider);
  }
  if (flow.intent != Intent::sign_in &&
      (!request.current ||
       !constant_time_equal(request.current->token_hash, flow.session_token_hash))) {
    return fail(ErrorCode::state_invalid, "another session began this flow");
  }
  LATCHKEY_TRY_ASSIGN(const providers::IssuerRule issuer, provider.issuer_rule());
  if (request.iss ? !issuer.expected.empty() && *request.iss != issuer.expected : issuer.required) {
    return fail(ErrorCode::parameters_invalid, "iss is wrong or missing (RFC 9207)");
  }
  if (request.error) return fail(code_of_provider_error(*request.error), "provider: error");
  if (!request.code || request.code->empty()) {
    return fail(ErrorCode::parameters_invalid, "no code");
  }
  return {};
}

Result<Completed> SigninFlow::exchange_and_admit(const CompletionRequest& request, const Flow& flow,
                                                 providers::Provider& provider,
                                                 const std::string& state_hash,
                                                 SetCookies& cookies) {
  const auto passage = gate_.enter(state_hash);
  if (!passage) {
    return gate_.wait(state_hash) ? repeat_after_wait(state_hash)
                                  : Result<Completed>(fail(ErrorCode::state_replayed));
  }
  LATCHKEY_TRY_ASSIGN(const bool first, claim(state_hash));
  if (!first) return repeat(request, state_hash, ErrorCode::state_replayed);
  LATCHKEY_TRY_ASSIGN(providers::Identity identity,
                      provider.identify({.code = *request.code,
                                         .redirect_uri = flow.redirect_uri,
                                         .code_verifier = Secret(flow.code_verifier),
                                         .nonce = flow.nonce,
                                         .force_login = flow.intent == Intent::reauthenticate}));
  const std::string next = parts_.targets.resolve(flow.next);
  if (flow.intent == Intent::reauthenticate) {
    LATCHKEY_TRY(parts_.reauthentication.by_identity({.identity = identity,
                                                      .current = *request.current,
                                                      .state_hash = state_hash,
                                                      .next = next,
                                                      .visitor = request.visitor}));
    return Completed{.outcome = Reauthenticated{request.current->user}, .next = next};
  }
  const std::string subject = flow.intent == Intent::connect ? identity.subject : std::string();
  auto admitted = parts_.desk.admit({.identity = std::move(identity),
                                     .intent = flow.intent,
                                     .current = request.current,
                                     .state_hash = state_hash,
                                     .next = next,
                                     .visitor = request.visitor});
  if (!admitted && admitted.error().code == ErrorCode::identity_in_use) {
    cookies.push_back(parts_.merge_offers.make(*request.current, flow.provider, subject));
  }
  LATCHKEY_TRY_ASSIGN(Admission admission, std::move(admitted));
  log::info("signin.admitted", {{"provider", flow.provider},
                                {"reason", reason(admission.decision)},
                                {"request_id", request.visitor.request_id}});
  Completed completed{.outcome = AlreadySignedIn{}, .next = next};
  std::visit([&completed](auto&& outcome) { completed.outcome = std::move(outcome); },
             std::move(admission.outcome));
  return completed;
}

Result<bool> SigninFlow::claim(const std::string& state_hash) {
  auto lease = parts_.pool.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  const TimePoint now = parts_.clock.now();
  auto claimed = sql::claimed_states::claim(**lease, state_hash, now, now + FlowCookies::kLifetime);
  if (!claimed) return fail(sql::to_error(claimed.error()));
  return *claimed;
}

// The answer to a second completion of one state: success for the browser that holds the session
// which the first one made, `otherwise` for everybody else.
Result<Completed> SigninFlow::repeat(const CompletionRequest& request,
                                     const std::string& state_hash, ErrorCode otherwise) {
  if (!request.current) return fail(otherwise);
  LATCHKEY_TRY_ASSIGN(auto completed, find_completed(state_hash));
  if (!completed || completed->session_token_hash != request.current->token_hash) {
    return fail(otherwise);
  }
  return Completed{.outcome = AlreadySignedIn{request.current->user},
                   .next = parts_.targets.resolve(completed->next)};
}

// For a request that came while the first one was under way, with the flow's cookie as its proof:
// the first one's answer carries the session cookie to this same browser.
Result<Completed> SigninFlow::repeat_after_wait(const std::string& state_hash) {
  LATCHKEY_TRY_ASSIGN(auto completed, find_completed(state_hash));
  if (!completed) return fail(ErrorCode::state_replayed);
  LATCHKEY_TRY_ASSIGN(auto session, find_session(completed->session_token_hash));
  if (!session) return fail(ErrorCode::state_replayed);
  return Completed{.outcome = AlreadySignedIn{session->user},
                   .next = parts_.targets.resolve(completed->next)};
}

Result<std::optional<sql::claimed_states::Completed>> SigninFlow::find_completed(
    const std::string& state_hash) {
  auto lease = parts_.pool.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  auto completed = sql::claimed_states::find_completed(**lease, state_hash);
  if (!completed) return fail(sql::to_error(completed.error()));
  return std::move(*completed);
}

Result<sessions::SessionPtr> SigninFlow::find_session(const std::string& token_hash) {
  std::promise<sessions::SessionLookup::Answer> promise;
  parts_.lookup.find(token_hash, [&promise](sessions::SessionLookup::Answer answer) {
    promise.set_value(std::move(answer));
  });
  return promise.get_future().get();
}

}  // namespace latchkey::broker
