// The endpoints that differ between the stand-ins, one file for each: github.cpp, facebook.cpp, and
// openid.cpp for Google and the generic OpenID provider.
#pragma once

#include "providers/dev/world.h"

namespace latchkey::providers::dev {

Answer github_token(const Call& call);
Answer github_user(const Call& call);
Answer github_emails(const Call& call);

Answer openid_discovery(const Call& call);
Answer openid_token(const Call& call);
Answer openid_jwks(const Call& call);
Answer openid_userinfo(const Call& call);

Answer facebook_token(const Call& call);
Answer facebook_me(const Call& call);
Answer facebook_debug_token(const Call& call);

}  // namespace latchkey::providers::dev
