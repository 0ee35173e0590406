// The sign-in flow (DESIGN section 6; RFC 6749 section 4.1 with RFC 7636 and RFC 9207).
//
//   begin()     GET /auth/{provider}/login      seals a Flow into a cookie, answers the authorize
//   URL complete()  GET /auth/{provider}/callback   checks what came back, claims the state, has
//   the
//               …/api/social/{provider}/        provider exchange the code, admits the identity
//
// complete() asks in this order, and goes to no network before the claim but for the provider's
// metadata: state against the cookie, expiry, provider, iss, provider error, claim, exchange,
// admission. Every step that fails ends the flow with its own ErrorCode.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "broker/accounts/reauthentication.h"
#include "broker/admission.h"
#include "broker/bulkhead.h"
#include "broker/completion_gate.h"
#include "broker/flow.h"
#include "broker/merge_offer.h"
#include "broker/redirect_target.h"
#include "config/config.h"
#include "providers/registry.h"
#include "sessions/session_service.h"
#include "sql/pool.h"
#include "sql/signins.h"

namespace latchkey::broker {

struct BeginRequest {
  std::string provider;
  std::string next;  // as asked for; empty: the default
  Intent intent = Intent::sign_in;
  // Of the session it is begun in; required to connect and to reauthenticate, else ignored. Whether
  // there is such a session is asked at the end.
  std::string session_token_hash;
};

struct Begun {
  std::string authorize_url;
  std::vector<sessions::SetCookie> cookies;
};

// The parameters of an authorization response (RFC 6749 section 4.1.2, RFC 9207 section 2).
struct CompletionRequest {
  std::string provider;
  std::optional<std::string> state, code, iss, error;
  sessions::SessionPtr current;
  Visitor visitor;
};

// The same browser has completed this flow before.
struct AlreadySignedIn {
  sql::User user;
};

// The signed-in user has proven it once more.
struct Reauthenticated {
  sql::User user;
};

struct Completed {
  std::variant<SignedIn, Connected, Pending, AlreadySignedIn, Reauthenticated> outcome;
  std::string next;
};

struct Completion {
  Result<Completed> result;
  // Ends the flow's cookie when the flow is over; offers a merge when the identity is another's.
  std::vector<sessions::SetCookie> cookies;
};

class SigninFlow {
 public:
  struct Parts {
    providers::Registry& providers;
    sql::Pool& pool;
    sessions::SessionLookup& lookup;
    const FlowCookies& cookies;
    const RedirectTargets& targets;
    AdmissionDesk& desk;
    Reauthentication& reauthentication;
    const MergeOffers& merge_offers;
    const config::Config& config;
    const Clock& clock;
    Random& random;
  };

  explicit SigninFlow(Parts parts) : parts_(parts) {}

  Result<Begun> begin(const BeginRequest& request, const sessions::CookieJar& jar);
  Completion complete(const CompletionRequest& request, const sessions::CookieJar& jar);

 private:
  [[nodiscard]] std::string redirect_uri(const std::string& provider) const;
  Status check_response(const CompletionRequest& request, const Flow& flow,
                        providers::Provider& provider) const;
  using SetCookies = std::vector<sessions::SetCookie>;
  Result<Completed> complete_flow(const CompletionRequest& request, const Flow& flow,
                                  providers::Provider& provider, const std::string& state_hash,
                                  SetCookies& cookies);
  Result<Completed> exchange_and_admit(const CompletionRequest& request, const Flow& flow,
                                       providers::Provider& provider, const std::string& state_hash,
                                       SetCookies& cookies);
  Result<bool> claim(const std::string& state_hash);
  Result<Completed> repeat(const CompletionRequest& request, const std::string& state_hash,
                           ErrorCode otherwise);
  Result<Completed> repeat_after_wait(const std::string& state_hash);
  Result<std::optional<sql::claimed_states::Completed>> find_completed(
      const std::string& state_hash);
  Result<sessions::SessionPtr> find_session(const std::string& token_hash);

  Parts parts_;
  Bulkhead bulkhead_;
  CompletionGate gate_;
};

}  // namespace latchkey::broker
