#include "providers/dev/authorize_request.h"

#include <algorithm>

#include "base/encoding.h"

namespace latchkey::providers::dev {
namespace {

constexpr std::size_t kChallengeLength = 43;  // of S256, RFC 7636 section 4.2

bool may_redirect_to(const std::string& redirect_uri, const WorldOptions& options) {
  const auto url = Url::parse(redirect_uri);
  if (!url || redirect_uri.find('#') != std::string::npos) return false;
  const auto& hosts = options.redirect_hosts;
  return url->is_loopback() || url->host.ends_with(".localhost") ||
         std::find(hosts.begin(), hosts.end(), url->host) != hosts.end();
}

// GitHub and Facebook separate with commas, OpenID with spaces; each takes both here.
std::vector<std::string> split_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" ,"), text.size());
    if (end > 0) scopes.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return scopes;
}

// Why the request cannot be granted; empty error: it can.
AuthorizeRefusal check(const QueryParameters& query, StandIn stand_in) {
  const auto refuse = [](std::string error, std::string description) {
    return AuthorizeRefusal{
        .may_redirect = true, .error = std::move(error), .description = std::move(description)};
  };
  if (const auto name = repeated(query)) {
    return refuse("invalid_request", "parameter given twice: " + *name);
  }
  if (first(query, "response_type") != "code" &&
      // GitHub knows no other and Facebook takes it for granted.
      (is_openid(stand_in) || !first(query, "response_type").empty())) {
    return refuse("unsupported_response_type", "response_type must be code");
  }
  const std::string_view challenge = first(query, "code_challenge");
  const std::string_view method = first(query, "code_challenge_method");
  if (challenge.empty() && !method.empty()) {
    return refuse("invalid_request", "code_challenge_method without code_challenge");
  }
  if (!challenge.empty() &&
      (method != "S256" || challenge.size() != kChallengeLength || !base64url_decode(challenge))) {
    return refuse("invalid_request", "the code challenge must be of method S256");
  }
  if (is_openid(stand_in) && split_scopes(first(query, "scope")).empty()) {
    return refuse("invalid_request", "scope is missing");
  }
  return {};
}

}  // namespace

tl::expected<AuthorizeRequest, AuthorizeRefusal> read_authorize_request(const Call& call) {
  const QueryParameters& query = call.request.query;
  const auto value = [&](std::string_view name) { return std::string(first(query, name)); };
  const auto show = [](std::string description) {
    return tl::unexpected(AuthorizeRefusal{
        .may_redirect = false, .error = "invalid_request", .description = std::move(description)});
  };
  if (value("client_id").empty()) return show("client_id is missing");
  if (!may_redirect_to(value("redirect_uri"), call.world.options)) {
    return show(
        "redirect_uri must be an absolute http or https URL without a fragment, on this "
        "machine or on a host given with --redirect-host");
  }
  if (AuthorizeRefusal refusal = check(query, call.stand_in); !refusal.error.empty()) {
    return tl::unexpected(std::move(refusal));
  }
  AuthorizeRequest request{.client_id = value("client_id"),
                           .redirect_uri = value("redirect_uri"),
                           .state = value("state"),
                           .scopes = split_scopes(first(query, "scope")),
                           .nonce = value("nonce"),
                           .code_challenge = value("code_challenge"),
                           .login_hint = value("login_hint"),
                           .prompt_none = value("prompt") == "none",
                           .fault = std::nullopt};
  // GitHub's own name for it.
  if (request.login_hint.empty()) request.login_hint = value("login");
  // The page's form asks for a fault like the query does.
  const QueryParameters parameters = call.request.parameters();
  if (const std::string_view fault = first(parameters, "fault"); !fault.empty()) {
    auto order = parse_fault(call.stand_in, fault, first(parameters, "delay_ms"));
    if (!order) return show(order.error().detail);
    request.fault = *order;
  }
  return request;
}

}  // namespace latchkey::providers::dev
