// Any OpenID provider by configuration alone: the issuer, or its URLs where it has no discovery
// document. Its e-mail addresses are hearsay unless `trust_email` says that it verifies them.
#include "base/try.h"
#include "providers/oidc_client.h"
#include "providers/profile.h"
#include "providers/provider_kind.h"

namespace latchkey::providers {
namespace {

Result<std::optional<ProviderEmail>> judge(const config::Provider& settings,
                                           const EmailClaim& claim) {
  const bool vouched_for = settings.trust_email.value_or(false) && claim.verified;
  return provider_email(claim.address, {.verified = vouched_for, .authoritative = vouched_for});
}

class Oidc final : public BaseProvider {
 public:
  explicit Oidc(Setup setup)
      : BaseProvider(std::move(setup)), oidc_(settings_, outbound_, clock_, {}) {}

  Result<std::string> authorize_url(const AuthorizeRequest& request) override {
    QueryParameters extra;
    if (request.force_login) extra = {{"prompt", "login"}, {"max_age", "0"}};
    return oidc_.authorize_url(request, std::move(extra));
  }

  Result<IssuerRule> issuer_rule() override { return oidc_.issuer_rule(); }
  [[nodiscard]] ProviderHealth health() const override { return oidc_.health(); }

  Result<Identity> identify(const CodeExchange& exchange) override {
    const Deadline deadline(clock_);
    LATCHKEY_TRY_ASSIGN(const OidcSignIn sign_in, oidc_.sign_in(exchange, deadline));
    const JsonView claims = sign_in.id_token.claims();
    if (claims["email"].exists() || sign_in.userinfo_endpoint.empty()) {
      return identity(sign_in.id_token.subject(), claims);
    }
    LATCHKEY_TRY_ASSIGN(const JsonDocument userinfo, oidc_.userinfo(sign_in, deadline));
    return identity(sign_in.id_token.subject(), userinfo.root());
  }

 private:
  [[nodiscard]] Result<Identity> identity(std::string subject, JsonView claims) const {
    LATCHKEY_TRY_ASSIGN(
        auto email,
        judge(settings_, {.address = claims["email"].string().value_or(""),
                          .verified = claims["email_verified"].boolean().value_or(false)}));
    return Identity{.provider = settings_.id,
                    .subject = std::move(subject),
                    .email = std::move(email),
                    .name = display_name(claims["name"]),
                    .avatar_url = picture_url(claims["picture"])};
  }

  OidcClient oidc_;
};

}  // namespace

ProviderKind oidc() {
  return {.type = config::ProviderType::oidc,
          .label = "",
          .scopes = {"openid", "email", "profile"},
          .make = [](Setup setup) -> std::unique_ptr<Provider> {
            return std::make_unique<Oidc>(std::move(setup));
          },
          .judge = judge};
}

}  // namespace latchkey::providers
