// Which provider an endpoint imitates, and the endpoints each has: the words of the control API.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace latchkey::providers::dev {

enum class StandIn { github, google, facebook, oidc };

enum class Endpoint {
  authorize,
  discovery,  // /.well-known/openid-configuration
  token,
  jwks,
  userinfo,
  user,         // GitHub's GET /user
  emails,       // GitHub's GET /user/emails
  me,           // Facebook's GET /me
  debug_token,  // Facebook's GET /debug_token
};

inline constexpr std::array kStandIns{StandIn::github, StandIn::google, StandIn::facebook,
                                      StandIn::oidc};
inline constexpr std::size_t kEndpoints = 9;

std::string_view name_of(StandIn stand_in);   // "github"
std::string_view title_of(StandIn stand_in);  // "GitHub"
std::string_view name_of(Endpoint endpoint);  // "debug_token"
std::optional<StandIn> parse_stand_in(std::string_view name);
std::optional<Endpoint> parse_endpoint(std::string_view name);

// In the order of a sign-in.
const std::vector<Endpoint>& endpoints_of(StandIn stand_in);

// Whether it issues ID tokens.
inline bool is_openid(StandIn stand_in) {
  return stand_in == StandIn::google || stand_in == StandIn::oidc;
}

}  // namespace latchkey::providers::dev
