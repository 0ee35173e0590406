// Facebook: OAuth and the Graph API. A token proves nothing until debug_token names our app and a
// user, since any app's token opens /me; every call carries appsecret_proof, so that a stolen token
// is of no use without the secret. Facebook does not say whether an e-mail is verified.
// https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow
#include "base/crypto.h"
#include "base/encoding.h"
#include "base/try.h"
#include "providers/endpoints.h"
#include "providers/oauth.h"
#include "providers/profile.h"
#include "providers/provider_kind.h"

namespace latchkey::providers {
namespace {

// Of debug_token's answer, the user whose token this is.
Result<std::string> read_debug_token(JsonView answer, std::string_view app_id) {
  const JsonView data = answer["data"];
  if (data["is_valid"].boolean() != true) {
    return fail(ErrorCode::provider_invalid_response, "debug_token: token is not valid");
  }
  if (data["app_id"].string() != app_id) {
    return fail(ErrorCode::provider_invalid_response, "debug_token: token of another app");
  }
  if (data["type"].string() != "USER") {
    return fail(ErrorCode::provider_invalid_response, "debug_token: not a user's token");
  }
  auto user_id = subject(data["user_id"]);
  if (!user_id) return fail(ErrorCode::provider_invalid_response, "debug_token: no user");
  return std::move(*user_id);
}

// Facebook says nothing of its addresses: they are as good as the operator trusts them.
Result<std::optional<ProviderEmail>> judge(const config::Provider& settings,
                                           const EmailClaim& claim) {
  const bool trusted = settings.trust_email.value_or(false);
  return provider_email(claim.address, {.verified = trusted, .authoritative = trusted});
}

class Facebook final : public BaseProvider {
 public:
  explicit Facebook(Setup setup)
      : BaseProvider(std::move(setup)),
        authorize_url_(
            url_or(settings_.authorize_url, "https://www.facebook.com/v19.0/dialog/oauth")),
        api_url_(base_url(url_or(settings_.api_url, "https://graph.facebook.com/v19.0"))),
        token_url_(url_or(settings_.token_url, api_url_ + "/oauth/access_token")) {}

  Result<std::string> authorize_url(const AuthorizeRequest& request) override {
    QueryParameters extra;
    if (request.force_login) extra.emplace_back("auth_type", "reauthenticate");
    return build_authorize_url({.endpoint = authorize_url_,
                                .client_id = settings_.client_id,
                                .scope = join_scopes(settings_.scopes, ','),
                                .extra = std::move(extra)},
                               request);
  }

  Result<IssuerRule> issuer_rule() override { return IssuerRule{.expected = settings_.issuer}; }

  Result<Identity> identify(const CodeExchange& exchange) override {
    const Deadline deadline(clock_);
    LATCHKEY_TRY_ASSIGN(const TokenAnswer answer,
                        request_token(outbound_,
                                      {.token_url = token_url_,
                                       .client_id = settings_.client_id,
                                       .client_secret = settings_.client_secret,
                                       .exchange = exchange},
                                      deadline));
    LATCHKEY_TRY_ASSIGN(const std::string user_id, owner_of(answer.access_token, deadline));
    LATCHKEY_TRY_ASSIGN(const JsonDocument me, graph("/me", {{"fields", "id,name,email,picture"}},
                                                     answer.access_token, deadline));
    if (me.root()["id"].string() != user_id) {
      return fail(ErrorCode::provider_invalid_response, "/me is another user");
    }
    return identity(user_id, me.root());
  }

 private:
  // A Graph error comes with its own status (get_object) or, from some edges, with 200.
  Result<JsonDocument> graph(const std::string& path, QueryParameters query,
                             const Secret& access_token, const Deadline& deadline) {
    const std::string_view token = access_token.reveal();
    const std::string proof = hex_encode(hmac_sha256(settings_.client_secret.reveal(), token));
    query.emplace_back("access_token", token);
    query.emplace_back("appsecret_proof", proof);
    LATCHKEY_TRY_ASSIGN(JsonDocument document,
                        outbound_.get_object({.url = with_query(api_url_ + path, query),
                                              .headers = {{"Accept", "application/json"}}},
                                             deadline));
    if (document.root()["error"].exists()) {
      return fail(ErrorCode::provider_rejected, "Graph error at " + path);
    }
    return document;
  }

  Result<std::string> owner_of(const Secret& access_token, const Deadline& deadline) {
    const Secret app_token(settings_.client_id + "|" +
                           std::string(settings_.client_secret.reveal()));
    LATCHKEY_TRY_ASSIGN(const JsonDocument answer,
                        graph("/debug_token", {{"input_token", std::string(access_token.reveal())}},
                              app_token, deadline));
    return read_debug_token(answer.root(), settings_.client_id);
  }

  [[nodiscard]] Result<Identity> identity(std::string user_id, JsonView me) const {
    LATCHKEY_TRY_ASSIGN(auto email,
                        judge(settings_, {.address = me["email"].string().value_or("")}));
    const JsonView picture = me["picture"]["data"];
    const bool is_placeholder = picture["is_silhouette"].boolean().value_or(false);
    return Identity{.provider = settings_.id,
                    .subject = std::move(user_id),
                    .email = std::move(email),
                    .name = display_name(me["name"]),
                    .avatar_url = is_placeholder ? std::string() : picture_url(picture["url"])};
  }

  const std::string authorize_url_;
  const std::string api_url_;
  const std::string token_url_;
};

}  // namespace

ProviderKind facebook() {
  return {.type = config::ProviderType::facebook,
          .label = "Facebook",
          .scopes = {"email", "public_profile"},
          .make = [](Setup setup) -> std::unique_ptr<Provider> {
            return std::make_unique<Facebook>(std::move(setup));
          },
          .judge = judge};
}

}  // namespace latchkey::providers
