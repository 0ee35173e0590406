// ID tokens as the OpenID stand-ins issue them (OpenID Connect Core section 2), right or wrong in
// the one way a fault asks for.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "providers/dev/world.h"

namespace latchkey::providers::dev {

// The claims about the person that the granted scopes allow, without `sub`.
void write_person_claims(const Call& call, const Grant& grant, JsonWriter& into);
const OpenidAccount& openid_account(const Person& person, StandIn stand_in);

std::string make_id_token(const Call& call, const Grant& grant, const std::string& access_token,
                          std::optional<Fault> fault);

}  // namespace latchkey::providers::dev
