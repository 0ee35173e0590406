#include "providers/allowed_domains.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/try.h"

namespace latchkey::providers {

AllowedDomains::AllowedDomains(std::unique_ptr<Provider> provider, std::vector<std::string> domains)
    : provider_(std::move(provider)), domains_(std::move(domains)) {}

Result<Identity> AllowedDomains::identify(const CodeExchange& exchange) {
  LATCHKEY_TRY_ASSIGN(Identity identity, provider_->identify(exchange));
  if (!admits(identity)) {
    return fail(ErrorCode::domain_not_allowed, "no verified address in an allowed domain");
  }
  return identity;
}

bool AllowedDomains::admits(const Identity& identity) const {
  // An address that nobody verified would let anybody claim to belong.
  if (!identity.email || !identity.email->verified) return false;
  const std::string_view address = identity.email->address;
  const std::string_view domain = address.substr(address.find('@') + 1);
  return std::any_of(domains_.begin(), domains_.end(), [domain](const std::string& allowed) {
    return ascii_iequals(allowed, domain);
  });
}

}  // namespace latchkey::providers
