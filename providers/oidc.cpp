// Any OpenID provider by configuration alone: the issuer, or its URLs where it has no discovery
// document. Its e-mail addresses are hearsay unless `trust_email` says that it verifies them.
#include "base/try.h"
#include "providers/oidc_client.h"
#include "providers/profile.h"
#include "providers/provider_kind.h"

namespace latchkey::providers {
namespace {

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
  [[nodiscard]] Identity identity(std::string subject, JsonView claims) const {
    const bool vouched_for =
        settings_.trust_email.value_or(false) && claims["email_verified"].boolean().value_or(false);
    return {.provider = settings_.id,
            .subject = std::move(subject),
            .email = provider_email(claims["email"],
                                    {.verified = vouched_for, .authoritative = vouched_for}),
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
          }};
}

}  // namespace latchkey::providers
