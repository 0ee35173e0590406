// An authorization request, read and checked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "providers/dev/world.h"

namespace latchkey::providers::dev {

struct AuthorizeRequest {
  std::string client_id;
  std::string redirect_uri;
  std::string state;
  std::vector<std::string> scopes;
  std::string nonce;
  std::string code_challenge;
  std::string login_hint;  // a person's id or e-mail
  bool prompt_none = false;
  std::optional<FaultOrder> fault;
};

struct AuthorizeRefusal {
  // Whether redirect_uri can be trusted with the error; otherwise it is shown to the person (RFC
  // 6749 section 4.1.2.1).
  bool may_redirect = false;
  std::string error;
  std::string description;
};

tl::expected<AuthorizeRequest, AuthorizeRefusal> read_authorize_request(const Call& call);

}  // namespace latchkey::providers::dev
