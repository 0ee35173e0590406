#include "providers/dev/stand_in.h"

namespace latchkey::providers::dev {
namespace {

constexpr std::array<std::string_view, kStandIns.size()> kNames{"github", "google", "facebook",
                                                                "oidc"};
constexpr std::array<std::string_view, kStandIns.size()> kTitles{"GitHub", "Google", "Facebook",
                                                                 "OpenID"};
constexpr std::array<std::string_view, kEndpoints> kEndpointNames{
    "authorize", "discovery", "token", "jwks", "userinfo", "user", "emails", "me", "debug_token"};

template <class Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(StandIn stand_in) { return kNames[static_cast<std::size_t>(stand_in)]; }
std::string_view title_of(StandIn stand_in) { return kTitles[static_cast<std::size_t>(stand_in)]; }
std::string_view name_of(Endpoint endpoint) {
  return kEndpointNames[static_cast<std::size_t>(endpoint)];
}
std::optional<StandIn> parse_stand_in(std::string_view name) { return find<StandIn>(kNames, name); }
std::optional<Endpoint> parse_endpoint(std::string_view name) {
  return find<Endpoint>(kEndpointNames, name);
}

const std::vector<Endpoint>& endpoints_of(StandIn stand_in) {
  static const std::vector<Endpoint> github{Endpoint::authorize, Endpoint::token, Endpoint::user,
                                            Endpoint::emails};
  static const std::vector<Endpoint> facebook{Endpoint::authorize, Endpoint::token,
                                              Endpoint::debug_token, Endpoint::me};
  static const std::vector<Endpoint> openid{Endpoint::discovery, Endpoint::authorize,
                                            Endpoint::token, Endpoint::jwks, Endpoint::userinfo};
  switch (stand_in) {
    case StandIn::github:
      return github;
    case StandIn::facebook:
      return facebook;
    case StandIn::google:
    case StandIn::oidc:
      return openid;
  }
  return openid;
}

}  // namespace latchkey::providers::dev
