// What a new password must be like, wherever it is set. Passwords that exist already are not
// judged.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"

namespace latchkey::broker {

// What is wrong with it, as a sentence for who chose it, or nothing. `email` is that of the
// account. Length counts code points, as NIST SP 800-63B section 3.1.1.2 has it: nobody can see how
// many bytes a letter takes. The other rules are that section's too: no list of characters that
// must be there, but nothing that is guessed first.
std::optional<std::string> password_fault(std::string_view password,
                                          const config::Accounts& accounts, std::string_view email);

// Whether it is one of the passwords that are guessed first, in any case.
bool is_common_password(std::string_view password);

}  // namespace latchkey::broker
