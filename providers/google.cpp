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

// The address is Google's to vouch for when it is a Gmail address or the account is a Workspace's.
Result<std::optional<ProviderEmail>> judge(const config::Provider& settings,
                                           const EmailClaim& claim) {
  if (!settings.hosted_domain.empty() &&
      !ascii_iequals(claim.hosted_domain, settings.hosted_domain)) {
    return fail(ErrorCode::domain_not_allowed, "hd is not the hosted domain");
  }
  auto email = provider_email(
      claim.address,
      {.verified = claim.verified, .authoritative = settings.trust_email.value_or(true)});
  if (email && claim.hosted_domain.empty() && !email->address.ends_with("@gmail.com")) {
    email->authoritative = false;
  }
  return email;
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
  [[nodiscard]] ProviderHealth health() const override { return oidc_.health(); }

  Result<Identity> identify(const CodeExchange& exchange) override {
    LATCHKEY_TRY_ASSIGN(const OidcSignIn sign_in, oidc_.sign_in(exchange, Deadline(clock_)));
    const JsonView claims = sign_in.id_token.claims();
    LATCHKEY_TRY_ASSIGN(
        auto email,
        judge(settings_, {.address = claims["email"].string().value_or(""),
                          .verified = claims["email_verified"].boolean().value_or(false),
                          .hosted_domain = claims["hd"].string().value_or("")}));
    return Identity{.provider = settings_.id,
                    .subject = sign_in.id_token.subject(),
                    .email = std::move(email),
                    .name = display_name(claims["name"]),
                    .avatar_url = picture_url(claims["picture"])};
  }

 private:
  OidcClient oidc_;
};

}  // namespace

ProviderKind google() {
  return {.type = config::ProviderType::google,
          .label = "Google",
          .scopes = {"openid", "email", "profile"},
          .make = [](Setup setup) -> std::unique_ptr<Provider> {
            return std::make_unique<Google>(std::move(setup));
          },
          .judge = judge};
}

}  // namespace latchkey::providers
