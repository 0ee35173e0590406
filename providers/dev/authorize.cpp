#include "providers/dev/authorize.h"

#include "providers/dev/authorize_request.h"
#include "providers/dev/pages.h"

namespace latchkey::providers::dev {
namespace {

struct Denial {
  std::string error;
  std::string description;
};

Answer redirect(const Call& call, std::string location) {
  // 303, so that a POST of the page never carries its form to the application.
  return {.status = call.request.method == "POST" ? 303 : 302,
          .headers = {{"Location", std::move(location)}, {"Cache-Control", "no-store"}}};
}

// Adds what goes back with every answer, errors too: state and, where the provider has one, RFC
// 9207's `iss`.
void add_common(const Call& call, std::string_view state, bool wrong_issuer,
                QueryParameters& parameters) {
  if (!state.empty()) parameters.emplace_back("state", state);
  std::string issuer = call.world.issuer_of(call.stand_in);
  if (issuer.empty()) return;
  if (wrong_issuer) issuer += "/someone-else";
  parameters.emplace_back("iss", std::move(issuer));
}

Answer deny(const Call& call, const std::string& redirect_uri, std::string_view state,
            Denial denial) {
  QueryParameters parameters{{"error", std::move(denial.error)}};
  if (!denial.description.empty()) {
    parameters.emplace_back("error_description", std::move(denial.description));
  }
  if (call.stand_in == StandIn::facebook) {
    parameters.emplace_back("error_code", "200");
    parameters.emplace_back("error_reason", "user_denied");
  }
  add_common(call, state, false, parameters);
  return redirect(call, with_query(redirect_uri, parameters));
}

Answer deny_access(const Call& call, const AuthorizeRequest& request) {
  Denial denial{.error = "access_denied", .description = {}};
  if (call.stand_in == StandIn::github) {
    denial.description = "The user has denied your application access.";
  } else if (call.stand_in == StandIn::facebook) {
    denial.description = "Permissions error";
  }
  return deny(call, request.redirect_uri, request.state, std::move(denial));
}

// Codes look like the real ones: Google's has a slash, which must survive every decoding.
std::string new_code(const Call& call) {
  switch (call.stand_in) {
    case StandIn::github:
      return random_alphanumeric(call.world.random, 20);
    case StandIn::google:
      return "4/0A" + random_token(call.world.random, 32);
    case StandIn::facebook:
      return "AQ" + random_token(call.world.random, 64);
    case StandIn::oidc:
      return random_token(call.world.random, 32);
  }
  return {};
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

Answer approve(const Call& call, const AuthorizeRequest& request, PersonPtr person) {
  std::optional<FaultOrder> fault = call.world.faults.take(call.stand_in, Endpoint::authorize);
  if (!fault) fault = request.fault;
  if (fault && fault->fault == Fault::denied) return deny_access(call, request);

  const std::string code = new_code(call);
  QueryParameters parameters{{"code", code}};
  if (call.stand_in == StandIn::google) {
    parameters.emplace_back("scope", join(request.scopes));
    parameters.emplace_back("authuser", "0");
    if (!person->google.hosted_domain.empty()) {
      parameters.emplace_back("hd", person->google.hosted_domain);
    }
  }
  const bool wrong_issuer =
      fault && fault->fault == Fault::wrong_issuer && fault->endpoint == Endpoint::authorize;
  add_common(call, request.state, wrong_issuer, parameters);
  call.world.grants.codes.put(
      code, std::make_shared<Grant>(GrantTerms{.stand_in = call.stand_in,
                                               .client_id = request.client_id,
                                               .redirect_uri = request.redirect_uri,
                                               .code_challenge = request.code_challenge,
                                               .nonce = request.nonce,
                                               .scopes = request.scopes,
                                               .person = std::move(person),
                                               .issued_at = call.world.clock.now(),
                                               .fault = request.fault}));
  std::string location = with_query(request.redirect_uri, parameters);
  // Facebook appends this to every redirect; browsers do not send it on.
  if (call.stand_in == StandIn::facebook) location += "#_=_";
  return redirect(call, std::move(location));
}

Answer refuse(const Call& call, const AuthorizeRefusal& refusal) {
  if (!refusal.may_redirect) {
    return html(400, problem_page(call.stand_in, refusal.error + ": " + refusal.description));
  }
  return deny(call, std::string(first(call.request.query, "redirect_uri")),
              first(call.request.query, "state"),
              {.error = refusal.error, .description = refusal.description});
}

// Without the page: by order of the control API, or for a client that asks for it with a hint.
Answer answer_get(const Call& call, const AuthorizeRequest& request) {
  const People& people = call.world.people;
  if (const auto approved = call.world.approval.person()) {
    if (PersonPtr person = people.find(*approved, call.stand_in)) {
      return approve(call, request, std::move(person));
    }
  }
  PersonPtr hinted = people.find(request.login_hint, call.stand_in);
  if (request.prompt_none) {
    if (hinted) return approve(call, request, std::move(hinted));
    // OpenID Connect Core section 3.1.2.6
    return deny(call, request.redirect_uri, request.state,
                {.error = "login_required", .description = "nobody is hinted at"});
  }
  return html(200, pick_page({.stand_in = call.stand_in,
                              .client_id = request.client_id,
                              .redirect_uri = request.redirect_uri,
                              .form_action = '?' + call.request.query_text,
                              .people = people.all(),
                              .hinted = std::move(hinted),
                              .fault = request.fault}));
}

Answer answer_post(const Call& call, const AuthorizeRequest& request) {
  if (first(call.request.form, "action") == "deny") return deny_access(call, request);
  PersonPtr person = call.world.people.find(first(call.request.form, "person"), call.stand_in);
  if (!person) return html(400, problem_page(call.stand_in, "There is no such person."));
  return approve(call, request, std::move(person));
}

}  // namespace

Answer authorize(const Call& call) {
  const auto request = read_authorize_request(call);
  if (!request) return refuse(call, request.error());
  return call.request.method == "POST" ? answer_post(call, *request) : answer_get(call, *request);
}

}  // namespace latchkey::providers::dev
