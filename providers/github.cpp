// GitHub and GitHub Enterprise: OAuth without ID tokens. Who it is comes from /user, and only the
// primary address of /user/emails proves an address; the one in the profile is whatever its owner
// typed. https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
#include "base/log.h"
#include "base/try.h"
#include "providers/endpoints.h"
#include "providers/oauth.h"
#include "providers/profile.h"
#include "providers/provider_kind.h"

namespace latchkey::providers {
namespace {

constexpr std::size_t kPerPage = 100;
constexpr int kMaxPages = 10;

struct Person {
  Secret access_token;
  std::string granted_scope;
};

Result<Identity> read_user(JsonView user) {
  // An exact integer: an id that went through a double could be somebody else's.
  const auto id = user["id"].integer();
  if (!id || *id <= 0) return fail(ErrorCode::provider_invalid_response, "user id is no integer");
  std::string name = display_name(user["name"]);
  if (name.empty()) name = display_name(user["login"]);
  return Identity{.subject = std::to_string(*id),
                  .name = std::move(name),
                  .avatar_url = picture_url(user["avatar_url"])};
}

// GitHub verifies addresses, but its word is only worth what the operator gives for it.
Result<std::optional<ProviderEmail>> judge(const config::Provider& settings,
                                           const EmailClaim& claim) {
  return provider_email(claim.address, {.verified = claim.verified,
                                        .authoritative = settings.trust_email.value_or(true)});
}

bool has_next_page(const JsonAnswer& answer, std::size_t entries) {
  const auto link = answer.response.header("Link");
  return entries == kPerPage || (link && link->find("rel=\"next\"") != std::string_view::npos);
}

class GitHub final : public BaseProvider {
 public:
  explicit GitHub(Setup setup)
      : BaseProvider(std::move(setup)),
        authorize_url_(url_or(settings_.authorize_url, "https://github.com/login/oauth/authorize")),
        token_url_(url_or(settings_.token_url, "https://github.com/login/oauth/access_token")),
        api_url_(base_url(url_or(settings_.api_url, "https://api.github.com"))) {}

  Result<std::string> authorize_url(const AuthorizeRequest& request) override {
    QueryParameters extra;
    // GitHub cannot be asked for a fresh login, only for the choice of an account.
    if (request.force_login) extra.emplace_back("prompt", "select_account");
    return build_authorize_url({.endpoint = authorize_url_,
                                .client_id = settings_.client_id,
                                .scope = join_scopes(settings_.scopes),
                                .extra = std::move(extra)},
                               request);
  }

  Result<IssuerRule> issuer_rule() override {
    const bool is_github_com =
        settings_.authorize_url.empty() && settings_.token_url.empty() && settings_.api_url.empty();
    if (settings_.issuer.empty() && is_github_com) {
      return IssuerRule{.expected = "https://github.com/login/oauth"};
    }
    return IssuerRule{.expected = settings_.issuer};
  }

  Result<Identity> identify(const CodeExchange& exchange) override {
    const Deadline deadline(clock_);
    LATCHKEY_TRY_ASSIGN(TokenAnswer answer, request_token(outbound_,
                                                          {.token_url = token_url_,
                                                           .client_id = settings_.client_id,
                                                           .client_secret = settings_.client_secret,
                                                           .exchange = exchange},
                                                          deadline));
    const Person person{.access_token = std::move(answer.access_token),
                        .granted_scope = std::move(answer.scope)};
    LATCHKEY_TRY_ASSIGN(const JsonDocument user,
                        outbound_.get_object(api_request("/user", person), deadline));
    LATCHKEY_TRY_ASSIGN(Identity identity, read_user(user.root()));
    identity.provider = settings_.id;
    LATCHKEY_TRY_ASSIGN(identity.email, primary_email(person, deadline));
    return identity;
  }

 private:
  [[nodiscard]] HttpRequest api_request(const std::string& path, const Person& person) const {
    return {.url = api_url_ + path,
            .headers = {{"Accept", "application/json"},
                        {"X-GitHub-Api-Version", "2022-11-28"},
                        bearer(person.access_token)}};
  }

  // All pages are read even when the first has a primary address: a second one must be noticed.
  Result<std::optional<ProviderEmail>> primary_email(const Person& person,
                                                     const Deadline& deadline) {
    Primaries found;
    for (int page = 1; page <= kMaxPages; ++page) {
      const std::string path =
          "/user/emails?per_page=" + std::to_string(kPerPage) + "&page=" + std::to_string(page);
      LATCHKEY_TRY_ASSIGN(const JsonAnswer answer,
                          outbound_.send(api_request(path, person), deadline));
      if (!answer.ok()) {
        if (may_not_see_emails(answer, person)) return std::nullopt;
        return fail(ErrorCode::provider_rejected,
                    "/user/emails: status " + std::to_string(answer.response.status));
      }
      LATCHKEY_TRY(collect_primaries(answer.document.root(), found));
      if (!has_next_page(answer, answer.document.root().items().size())) break;
    }
    if (found.count > 1) {
      log::warn("provider.two_primary_emails", {{"provider", settings_.id}});
      return std::nullopt;
    }
    return found.email;
  }

  // The visitor may take the scope away from the request, and a GitHub App may never have had it.
  static bool may_not_see_emails(const JsonAnswer& answer, const Person& person) {
    const int status = answer.response.status;
    return (status == 403 || status == 404) && !has_scope(person.granted_scope, "user:email") &&
           !has_scope(person.granted_scope, "user");
  }

  struct Primaries {
    int count = 0;
    std::optional<ProviderEmail> email;
  };

  [[nodiscard]] Status collect_primaries(JsonView page, Primaries& found) const {
    if (!page.is_array()) {
      return fail(ErrorCode::provider_invalid_response, "/user/emails is no array");
    }
    for (const JsonView entry : page.items()) {
      const auto primary = entry["primary"].boolean();
      const auto verified = entry["verified"].boolean();
      const auto address = entry["email"].string();
      if (!primary || !verified || !address) {
        return fail(ErrorCode::provider_invalid_response, "/user/emails has a malformed entry");
      }
      if (!*primary) continue;
      ++found.count;
      LATCHKEY_TRY_ASSIGN(found.email,
                          judge(settings_, {.address = *address, .verified = *verified}));
    }
    return {};
  }

  const std::string authorize_url_;
  const std::string token_url_;
  const std::string api_url_;
};

}  // namespace

ProviderKind github() {
  return {.type = config::ProviderType::github,
          .label = "GitHub",
          .scopes = {"read:user", "user:email"},
          .make = [](Setup setup) -> std::unique_ptr<Provider> {
            return std::make_unique<GitHub>(std::move(setup));
          },
          .judge = judge};
}

}  // namespace latchkey::providers
