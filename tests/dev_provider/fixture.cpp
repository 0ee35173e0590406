#include "fixture.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <curl/curl.h>

namespace latchkey::test {
namespace {

using providers::dev::DevProvider;

std::unique_ptr<DevProvider> running;
std::unique_ptr<FakeClock> fake_clock;

std::size_t append(char* data, std::size_t, std::size_t size, void* to) {
  static_cast<std::string*>(to)->append(data, size);
  return size;
}

std::multimap<std::string, std::string> split_headers(const std::string& head) {
  std::multimap<std::string, std::string> headers;
  for (std::size_t at = 0; at < head.size();) {
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    const std::string line = head.substr(at, end - at);
    if (const std::size_t colon = line.find(": "); colon != std::string::npos) {
      headers.emplace(line.substr(0, colon), line.substr(colon + 2));
    }
    at = end + 2;
  }
  return headers;
}

// libcurl and not cpp-httplib's client, which decodes the values of headers: a Location would not
// be the one that was sent.
Reply send(const std::string& path, const Headers& headers, const std::string* body = nullptr) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  curl_slist* list = nullptr;
  for (const auto& [name, value] : headers) {
    std::string line = name;
    line.append(": ").append(value);
    list = curl_slist_append(list, line.c_str());
  }
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> owner(list,
                                                                          &curl_slist_free_all);
  Reply reply;
  std::string head;
  curl_easy_setopt(curl.get(), CURLOPT_URL, (running->base_url() + path).c_str());
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, &append);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &head);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reply.body);
  if (body != nullptr) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body->size()));
    curl_easy_setopt(curl.get(), CURLOPT_COPYPOSTFIELDS, body->c_str());
  }
  if (curl_easy_perform(curl.get()) != CURLE_OK) return {};
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  reply.headers = split_headers(head);
  return reply;
}

void apply(const QueryParameters& changes, QueryParameters& to) {
  for (const auto& [name, value] : changes) {
    std::erase_if(to, [&, &key = name](const auto& known) { return known.first == key; });
    if (!value.empty()) to.emplace_back(name, value);
  }
}

std::string authorize_endpoint(StandIn stand_in) {
  switch (stand_in) {
    case StandIn::github:
      return "/github/login/oauth/authorize";
    case StandIn::google:
      return "/google/authorize";
    case StandIn::facebook:
      return "/facebook/dialog/oauth";
    case StandIn::oidc:
      return "/oidc/authorize";
  }
  return {};
}

std::string scopes(StandIn stand_in) {
  if (stand_in == StandIn::github) return "read:user user:email";
  return stand_in == StandIn::facebook ? "email,public_profile" : "openid email profile";
}

}  // namespace

std::string Reply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::string Reply::redirect_parameter(std::string_view name) const {
  const auto url = Url::parse(header("Location"));
  if (!url) return {};
  const auto parameters = parse_query(url->query);
  if (!parameters) return {};
  for (const auto& [key, value] : *parameters) {
    if (key == name) return value;
  }
  return {};
}

std::string Reply::text(std::string_view key) const {
  return std::string(json().root()[key].string().value_or(""));
}

JsonDocument Reply::json() const {
  auto document = JsonDocument::parse(body);
  if (!document) throw std::runtime_error("no JSON: " + body);
  return *std::move(document);
}

void DevFixture::SetUpTestSuite() {
  fake_clock = std::make_unique<FakeClock>();
  running = std::make_unique<DevProvider>(
      providers::dev::DevProviderOptions{.redirect_hosts = {"app.test"}, .clock = &*fake_clock});
  running->start("127.0.0.1", 0);
}

void DevFixture::TearDownTestSuite() {
  running.reset();
  fake_clock.reset();
}

DevProvider& DevFixture::dev() { return *running; }
FakeClock& DevFixture::clock() { return *fake_clock; }

Reply DevFixture::get(const std::string& path, const Headers& headers) {
  return send(path, headers);
}

// libcurl says that a body is a form unless it is told otherwise.
Reply DevFixture::post(const std::string& path, const QueryParameters& form,
                       const Headers& headers) {
  const std::string body = build_query(form);
  return send(path, headers, &body);
}

Reply DevFixture::post_json(const std::string& path, const std::string& body) {
  return send(path, {{"Content-Type", "application/json"}}, &body);
}

std::string DevFixture::authorize_path(StandIn stand_in, const QueryParameters& changes) {
  QueryParameters query{{"response_type", "code"},         {"client_id", "app-1"},
                        {"redirect_uri", kRedirectUri},    {"scope", scopes(stand_in)},
                        {"state", "state/1+ ="},           {"code_challenge", kChallenge},
                        {"code_challenge_method", "S256"}, {"nonce", "nonce-1"}};
  apply(changes, query);
  return authorize_endpoint(stand_in) + '?' + build_query(query);
}

std::string DevFixture::code_for(StandIn stand_in, const std::string& person,
                                 const QueryParameters& changes) {
  dev().approve(person);
  const Reply reply = get(authorize_path(stand_in, changes));
  dev().approve(std::nullopt);
  EXPECT_EQ(reply.status, 302) << reply.body;
  return reply.redirect_parameter("code");
}

QueryParameters DevFixture::token_form(const std::string& code, const QueryParameters& changes) {
  QueryParameters form{{"grant_type", "authorization_code"}, {"client_id", "app-1"},
                       {"client_secret", "dev-secret"},      {"code", code},
                       {"redirect_uri", kRedirectUri},       {"code_verifier", kVerifier}};
  apply(changes, form);
  return form;
}

std::string token_path(StandIn stand_in) {
  switch (stand_in) {
    case StandIn::github:
      return "/github/login/oauth/access_token";
    case StandIn::google:
      return "/google/token";
    case StandIn::facebook:
      return "/facebook/v19.0/oauth/access_token";
    case StandIn::oidc:
      return "/oidc/token";
  }
  return {};
}

Reply DevFixture::exchange(StandIn stand_in, const QueryParameters& form) {
  return post(token_path(stand_in), form, {{"Accept", "application/json"}});
}

std::string DevFixture::token_for(StandIn stand_in, const std::string& person,
                                  const QueryParameters& changes) {
  const Reply reply = exchange(stand_in, token_form(code_for(stand_in, person, changes)));
  EXPECT_EQ(reply.status, 200) << reply.body;
  return reply.text("access_token");
}

Headers DevFixture::bearer(const std::string& token) {
  return {{"Authorization", "Bearer " + token}, {"User-Agent", "app"}};
}

}  // namespace latchkey::test
