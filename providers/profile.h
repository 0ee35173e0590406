// Reads what a provider says of a person, taking from it only what is fit to be stored and shown.
// A member that is absent, of another type or not clean is simply not there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "providers/provider.h"

namespace latchkey::providers {

// The provider's name for a person, byte-exact: a string of 1 to 255 bytes of clean UTF-8.
std::optional<std::string> subject(JsonView id);

// Clean UTF-8 of at most 255 bytes on one line, trimmed; else empty.
std::string display_name(JsonView name);

// An absolute https URL of at most 2,048 characters; else empty.
std::string picture_url(JsonView url);

// What a provider says of a person's address. Each provider's file has one judge() that makes of it
// what it is worth; the administration's "explain" asks the same one (judge_email in registry.h).
struct EmailClaim {
  std::string_view address = {};        // as the provider writes it; empty: none
  bool verified = false;                // the provider says that it has verified it
  std::string_view hosted_domain = {};  // Google only: `hd`, the Workspace domain of the account
};

struct EmailStanding {
  bool verified = false;
  bool authoritative = false;  // counts only together with `verified`
};

// nullopt unless `address` is an address by base/email.h.
std::optional<ProviderEmail> provider_email(std::string_view address,
                                            const EmailStanding& standing);

}  // namespace latchkey::providers
