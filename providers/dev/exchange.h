// What the token endpoints and the protected resources have in common (RFC 6749 section 4.1.3, RFC
// 7636 section 4.6, RFC 6750): checking a code and its exchange, finding a bearer's grant, and
// letting scripted faults strike an answer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "providers/dev/world.h"

namespace latchkey::providers::dev {

struct TokenRequest {
  std::string grant_type;
  std::string client_id;
  std::string client_secret;
  std::string code;
  std::string redirect_uri;
  std::string code_verifier;
};

// From the parameters, and the client from HTTP Basic where they do not name it.
TokenRequest read_token_request(const Request& request);

enum class TokenRefusal {
  bad_client,
  bad_grant_type,
  bad_code,  // unknown, expired, used before, another client's or another stand-in's
  redirect_uri_mismatch,
  verifier_missing,
  verifier_wrong,
};

// Claims the code. A code that comes a second time revokes the tokens of the first.
tl::expected<GrantPtr, TokenRefusal> redeem(const Call& call, const TokenRequest& request);

// Makes `token` an access token of this grant.
void remember_token(const Call& call, const std::string& token, const GrantPtr& grant);
// The live grant of this access token at this stand-in, or null.
GrantPtr find_token(const Call& call, std::string_view token);
// The token of `Authorization: Bearer` (or GitHub's `token`), or empty.
std::string_view bearer_token(const Request& request);

// Answers with `make`, or with what a fault makes of that. `make` gets the fault when it is one of
// content (a wrong nonce, ...), which only the endpoint can carry out. `grant` may be null.
using MakeAnswer = std::function<Answer(std::optional<Fault>)>;
Answer answer_with_faults(const Call& call, const GrantPtr& grant, const MakeAnswer& make);

}  // namespace latchkey::providers::dev
