// Google: OpenID Connect with two things of its own. An address is Google's to vouch for only when
// it is a Gmail address or belongs to a Workspace domain (`hd`), and `hosted_domain` is checked in
// the token, because the request's `hd` is a mere hint that a visitor can change.
// https://developers.google.com/identity/openid-connect/openid-connect
#include "base/encoding.h"
#include "base/try.h"
#include "providers/oidc_client.h"
#include "providers/profile.h"
#include "providers/provider_kind.h"

namespace latchkey::providers {
namespace {

constexpr std::string_view kIssuer = "https://accounts.google.com";
// What Google's older implementations put into `iss`.
constexpr std::string_view kShortIssuer = "accounts.google.com";

Setup with_issuer(Setup setup) {
  if (setup.settings.issuer.empty()) setup.settings.issuer = kIssuer;
  return setup;
}

OidcRules rules_for(const config::Provider& settings) {
  OidcRules rules{.algorithms = {SignatureAlgorithm::rs256},
                  .authentication = ClientAuthentication::client_secret_post};
  if (settings.issuer == kIssuer) rules.issuer_aliases.emplace_back(kShortIssuer);
  return rules;
}

class Google final : public BaseProvider {
 public:
  explicit Google(Setup setup)
      : BaseProvider(with_issuer(std::move(setup))),
        oidc_(settings_, outbound_, clock_, rules_for(settings_)) {}

  Result<std::string> authorize_url(const AuthorizeRequest& request) override {
    QueryParameters extra;
    if (!settings_.hosted_domain.empty()) extra.emplace_back("hd", settings_.hosted_domain);
    // Google knows no `prompt=login`; this at least asks who it is.
    if (request.force_login) extra.emplace_back("prompt", "select_account");
    return oidc_.authorize_url(request, std::move(extra));
  }

  Result<IssuerRule> issuer_rule() override { return oidc_.issuer_rule(); }

  Result<Identity> identify(const CodeExchange& exchange) override {
    LATCHKEY_TRY_ASSIGN(const OidcSignIn sign_in, oidc_.sign_in(exchange, Deadline(clock_)));
    const JsonView claims = sign_in.id_token.claims();
    const std::string_view hd = claims["hd"].string().value_or("");
    if (!settings_.hosted_domain.empty() && !ascii_iequals(hd, settings_.hosted_domain)) {
      return fail(ErrorCode::domain_not_allowed, "hd is not the hosted domain");
    }
    return Identity{.provider = settings_.id,
                    .subject = sign_in.id_token.subject(),
                    .email = email(claims, !hd.empty()),
                    .name = display_name(claims["name"]),
                    .avatar_url = picture_url(claims["picture"])};
  }

 private:
  [[nodiscard]] std::optional<ProviderEmail> email(JsonView claims, bool in_workspace) const {
    auto email = provider_email(claims["email"],
                                {.verified = claims["email_verified"].boolean().value_or(false),
                                 .authoritative = settings_.trust_email.value_or(true)});
    if (email && !in_workspace && !email->address.ends_with("@gmail.com")) {
      email->authoritative = false;
    }
    return email;
  }

  OidcClient oidc_;
};

}  // namespace

ProviderKind google() {
  return {.type = config::ProviderType::google,
          .label = "Google",
          .scopes = {"openid", "email", "profile"},
          .make = [](Setup setup) -> std::unique_ptr<Provider> {
            return std::make_unique<Google>(std::move(setup));
          }};
}

}  // namespace latchkey::providers
