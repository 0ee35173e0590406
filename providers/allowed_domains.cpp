#include "providers/allowed_domains.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/try.h"

namespace latchkey::providers {

Status check_domain(const std::optional<ProviderEmail>& email,
                    const std::vector<std::string>& domains) {
  if (domains.empty()) return {};
  // An address that nobody verified would let anybody claim to belong.
  const std::string_view address = email && email->verified ? email->address : std::string_view();
  const std::string_view domain = address.substr(address.find('@') + 1);
  const bool allowed = std::any_of(
      domains.begin(), domains.end(),
      [domain](const std::string& candidate) { return ascii_iequals(candidate, domain); });
  if (allowed) return {};
  return fail(ErrorCode::domain_not_allowed, "no verified address in an allowed domain");
}

AllowedDomains::AllowedDomains(std::unique_ptr<Provider> provider, std::vector<std::string> domains)
    : provider_(std::move(provider)), domains_(std::move(domains)) {}

Result<Identity> AllowedDomains::identify(const CodeExchange& exchange) {
  LATCHKEY_TRY_ASSIGN(Identity identity, provider_->identify(exchange));
  LATCHKEY_TRY(check_domain(identity.email, domains_));
  return identity;
}

}  // namespace latchkey::providers
