// A password that staff or the command line give a user: judged by the rules for every new
// password, then hashed.
#pragma once

#include <string>

#include "base/secret.h"
#include "broker/admin/change_desk.h"
#include "config/config.h"
#include "sessions/password_hasher.h"

namespace latchkey::broker::admin {

// The encoded hash. `email` is that of the account.
tl::expected<std::string, Refusal> hash_new_password(sessions::PasswordHasher& hasher,
                                                     const config::Accounts& rules,
                                                     const Secret& password,
                                                     const std::string& email);

}  // namespace latchkey::broker::admin
