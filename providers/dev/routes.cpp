#include "providers/dev/routes.h"

#include <string_view>
#include <unordered_map>

#include "providers/dev/authorize.h"
#include "providers/dev/control.h"
#include "providers/dev/endpoints.h"
#include "providers/dev/pages.h"

namespace latchkey::providers::dev {
namespace {

enum class Methods { get, post, both };

struct Route {
  StandIn stand_in;
  Endpoint endpoint;
  Methods methods;
  Answer (*answer)(const Call&);
};

const std::unordered_map<std::string_view, Route>& stand_in_routes() {
  using enum StandIn;
  using enum Methods;
  static const std::unordered_map<std::string_view, Route> routes{
      {"/github/login/oauth/authorize", {github, Endpoint::authorize, both, authorize}},
      {"/github/login/oauth/access_token", {github, Endpoint::token, post, github_token}},
      {"/github/api/user", {github, Endpoint::user, get, github_user}},
      {"/github/api/user/emails", {github, Endpoint::emails, get, github_emails}},

      {"/google/.well-known/openid-configuration",
       {google, Endpoint::discovery, get, openid_discovery}},
      {"/google/authorize", {google, Endpoint::authorize, both, authorize}},
      {"/google/token", {google, Endpoint::token, post, openid_token}},
      {"/google/jwks", {google, Endpoint::jwks, get, openid_jwks}},
      {"/google/userinfo", {google, Endpoint::userinfo, both, openid_userinfo}},

      {"/oidc/.well-known/openid-configuration",
       {oidc, Endpoint::discovery, get, openid_discovery}},
      {"/oidc/authorize", {oidc, Endpoint::authorize, both, authorize}},
      {"/oidc/token", {oidc, Endpoint::token, post, openid_token}},
      {"/oidc/jwks", {oidc, Endpoint::jwks, get, openid_jwks}},
      {"/oidc/userinfo", {oidc, Endpoint::userinfo, both, openid_userinfo}},

      {"/facebook/dialog/oauth", {facebook, Endpoint::authorize, both, authorize}},
      {"/facebook/v19.0/dialog/oauth", {facebook, Endpoint::authorize, both, authorize}},
      {"/facebook/v19.0/oauth/access_token", {facebook, Endpoint::token, both, facebook_token}},
      {"/facebook/v19.0/me", {facebook, Endpoint::me, get, facebook_me}},
      {"/facebook/v19.0/debug_token", {facebook, Endpoint::debug_token, get, facebook_debug_token}},
  };
  return routes;
}

bool allows(Methods methods, bool is_post) {
  return methods == Methods::both || (methods == Methods::post) == is_post;
}

Answer not_found() { return {.status = 404, .body = "not found; / says what there is\n"}; }

Answer route_avatar(const World& world, std::string_view file) {
  constexpr std::string_view kSuffix = ".svg";
  if (!file.ends_with(kSuffix)) return not_found();
  file.remove_suffix(kSuffix.size());
  const PersonPtr person = world.people.find(file, StandIn::github);
  if (!person) return not_found();
  return {.status = 200, .content_type = "image/svg+xml", .body = avatar(*person)};
}

Answer route_control(World& world, const Request& request) {
  const bool is_post = request.method == "POST";
  const std::string_view path = request.path;
  if (path == "/_control/people") {
    return is_post ? control_put_person(world, request) : control_people(world);
  }
  if (path == "/_control/requests") {
    return is_post ? method_not_allowed("GET") : control_requests(world);
  }
  if (path == "/_control/inbox") {
    return is_post ? method_not_allowed("GET") : control_inbox(world);
  }
  const bool known = path == "/_control/reset" || path == "/_control/fault" ||
                     path == "/_control/approve" || path == "/_control/inbox/clear";
  if (!known) return not_found();
  if (!is_post) return method_not_allowed("POST");
  if (path == "/_control/reset") return control_reset(world);
  if (path == "/_control/inbox/clear") return control_clear_inbox(world);
  if (path == "/_control/fault") return control_fault(world, request);
  return control_approve(world, request);
}

Answer route_rest(World& world, const Request& request) {
  constexpr std::string_view kAvatars = "/avatars/";
  const std::string_view path = request.path;
  if (path.starts_with("/_control/")) return route_control(world, request);
  if (request.method == "POST") return not_found();
  if (path == "/") return html(200, index_page(world));
  if (path == "/inbox") return html(200, inbox_page(world));
  if (path == "/favicon.ico") return {.status = 204};
  if (path.starts_with(kAvatars)) return route_avatar(world, path.substr(kAvatars.size()));
  return not_found();
}

}  // namespace

Answer route(World& world, const Request& request) {
  const auto& routes = stand_in_routes();
  const auto found = routes.find(request.path);
  if (found == routes.end()) return route_rest(world, request);
  const Route& route = found->second;
  const bool is_post = request.method == "POST";
  if (!allows(route.methods, is_post)) {
    return method_not_allowed(route.methods == Methods::post ? "POST" : "GET");
  }
  // The pick page's form belongs to the authorization request that showed it.
  if (!(is_post && route.endpoint == Endpoint::authorize)) {
    world.counts.add(route.stand_in, route.endpoint);
  }
  return route.answer(
      {.world = world, .stand_in = route.stand_in, .endpoint = route.endpoint, .request = request});
}

}  // namespace latchkey::providers::dev
