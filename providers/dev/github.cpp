// GitHub: "Authorizing OAuth apps" and the REST API's "Users" and "Emails".
#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "base/json.h"
#include "providers/dev/endpoints.h"
#include "providers/dev/exchange.h"

namespace latchkey::providers::dev {
namespace {

constexpr std::size_t kDefaultPerPage = 30;
constexpr std::size_t kMaxPerPage = 100;
constexpr std::size_t kTokenLetters = 36;

// GitHub answers token requests as a form unless JSON is asked for, errors with status 200, too.
Answer token_answer(const Call& call, const QueryParameters& fields) {
  if (call.request.accept.find("application/json") == std::string::npos) {
    return {.status = 200,
            .content_type = "application/x-www-form-urlencoded; charset=utf-8",
            .body = build_query(fields),
            .headers = {{"Cache-Control", "no-store"}}};
  }
  JsonWriter body;
  body.begin_object();
  for (const auto& [name, value] : fields) body.field(name, value);
  return json(200, body.end_object().text());
}

Answer token_error(const Call& call, std::string error, std::string description) {
  return token_answer(call, {{"error", std::move(error)},
                             {"error_description", std::move(description)},
                             {"error_uri", call.world.base_url + "/#faults"}});
}

Answer refusal(const Call& call, TokenRefusal why) {
  switch (why) {
    case TokenRefusal::bad_client:
      return token_error(call, "incorrect_client_credentials",
                         "The client_id and/or client_secret passed are incorrect.");
    case TokenRefusal::bad_grant_type:
      return token_error(call, "unsupported_grant_type", "The grant_type is not supported.");
    case TokenRefusal::redirect_uri_mismatch:
      return token_error(call, "redirect_uri_mismatch",
                         "The redirect_uri does not match that of the authorization request.");
    case TokenRefusal::bad_code:
    case TokenRefusal::verifier_missing:
    case TokenRefusal::verifier_wrong:
      break;
  }
  return token_error(call, "bad_verification_code", "The code passed is incorrect or expired.");
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

Answer message(int status, std::string_view text) {
  JsonWriter body;
  body.begin_object()
      .field("message", text)
      .field("documentation_url", "https://docs.github.com/rest")
      .field("status", std::to_string(status))
      .end_object();
  return json(status, body.text());
}

// What the API asks of every request. Null: `refused` is the answer.
GrantPtr api_grant(const Call& call, Answer& refused) {
  GrantPtr grant = find_token(call, bearer_token(call.request));
  if (!grant) {
    refused = message(401, "Bad credentials");
    return nullptr;
  }
  // A rule of the real API that is easily forgotten.
  if (call.request.user_agent.empty()) {
    refused = message(403,
                      "Request forbidden by administrative rules. Please make sure your "
                      "request has a User-Agent header.");
    return nullptr;
  }
  return grant;
}

Answer with_scopes(Answer answer, const Grant& grant) {
  answer.headers.emplace_back("X-OAuth-Scopes", join(grant.scopes));
  return answer;
}

Answer user_answer(const Call& call, const Grant& grant) {
  const Person& person = *grant.person;
  const GithubAccount& account = person.github;
  const std::string html_url = call.world.base_url + "/github/" + percent_encode(account.login);
  JsonWriter body;
  body.begin_object()
      .field("login", account.login)
      .field("id", account.id)
      .field("node_id", base64_encode("04:User" + std::to_string(account.id)))
      .field("avatar_url", call.world.avatar_of(person))
      .field("html_url", html_url)
      .field("type", "User")
      .field("site_admin", false)
      .field("name", person.name)
      .field("email", account.email_hidden ? std::nullopt : email_at(person, StandIn::github))
      .end_object();
  return json(200, body.text());
}

std::string emails_json(const std::vector<GithubEmail>& emails, std::size_t begin,
                        std::size_t end) {
  JsonWriter body;
  body.begin_array();
  for (std::size_t i = begin; i < end; ++i) {
    body.begin_object()
        .field("email", emails[i].address)
        .field("primary", emails[i].primary)
        .field("verified", emails[i].verified);
    body.key("visibility");
    emails[i].primary ? body.value("private") : body.null();
    body.end_object();
  }
  return body.end_array().text();
}

std::size_t number(std::string_view text, std::size_t otherwise) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0 ? value : otherwise;
}

// RFC 8288, with the relations GitHub gives.
std::string link_header(const Call& call, std::size_t page, std::size_t pages,
                        std::size_t per_page) {
  std::string links;
  const auto add = [&](std::size_t to, std::string_view relation) {
    links += (links.empty() ? "<" : ", <") + call.world.base_url +
             "/github/api/user/emails?per_page=" + std::to_string(per_page) +
             "&page=" + std::to_string(to) + ">; rel=\"" + std::string(relation) + '"';
  };
  if (page > 1) add(page - 1, "prev");
  if (page < pages) add(page + 1, "next");
  if (page < pages) add(pages, "last");
  if (page > 1) add(1, "first");
  return links;
}

Answer emails_answer(const Call& call, const Grant& grant) {
  static const std::vector<GithubEmail> none;
  const auto& emails = grant.email_withheld ? none : grant.person->github.emails;
  const std::size_t per_page =
      std::min(number(first(call.request.query, "per_page"), kDefaultPerPage), kMaxPerPage);
  const std::size_t pages = (emails.size() + per_page - 1) / per_page;
  const std::size_t page = number(first(call.request.query, "page"), 1);
  const std::size_t begin = page > pages ? emails.size() : (page - 1) * per_page;
  Answer answer = json(200, emails_json(emails, begin, std::min(begin + per_page, emails.size())));
  const std::string links = link_header(call, page, pages, per_page);
  if (!links.empty()) answer.headers.emplace_back("Link", links);
  return answer;
}

}  // namespace

Answer github_token(const Call& call) {
  const TokenRequest request = read_token_request(call.request);
  const GrantPtr known = call.world.grants.codes.find(request.code);
  return answer_with_faults(call, known, [&](std::optional<Fault> fault) {
    if (fault == Fault::http_200_error) return refusal(call, TokenRefusal::bad_code);
    const auto grant = redeem(call, request);
    if (!grant) return refusal(call, grant.error());
    const std::string token = "gho_" + random_alphanumeric(call.world.random, kTokenLetters);
    remember_token(call, token, *grant);
    return token_answer(
        call,
        {{"access_token", token}, {"scope", join((*grant)->scopes)}, {"token_type", "bearer"}});
  });
}

Answer github_user(const Call& call) {
  Answer refused;
  const GrantPtr grant = api_grant(call, refused);
  if (!grant) return refused;
  return answer_with_faults(call, grant, [&](std::optional<Fault> fault) {
    if (fault == Fault::expired_token) return message(401, "Bad credentials");
    return with_scopes(user_answer(call, *grant), *grant);
  });
}

Answer github_emails(const Call& call) {
  Answer refused;
  const GrantPtr grant = api_grant(call, refused);
  if (!grant) return refused;
  if (!grant->has_scope("user:email") && !grant->has_scope("user")) {
    return message(404, "Not Found");
  }
  return answer_with_faults(call, grant, [&](std::optional<Fault> fault) {
    if (fault == Fault::missing_email) grant->email_withheld = true;
    return with_scopes(emails_answer(call, *grant), *grant);
  });
}

}  // namespace latchkey::providers::dev
