#include "broker/admin/new_password.h"

#include "broker/password_rules.h"

namespace latchkey::broker::admin {

tl::expected<std::string, Refusal> hash_new_password(sessions::PasswordHasher& hasher,
                                                     const config::Accounts& rules,
                                                     const Secret& password,
                                                     const std::string& email) {
  if (auto fault = password_fault(password.reveal(), rules, email)) {
    return refuse("password", std::move(*fault));
  }
  auto hash = hasher.hash(password);
  if (!hash) return tl::unexpected<Refusal>({.error = hash.error()});
  return std::move(*hash);
}

}  // namespace latchkey::broker::admin
