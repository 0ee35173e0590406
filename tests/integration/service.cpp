#include "tests/integration/service.h"

#include <map>

#include "base/json.h"
#include "base/url.h"
#include "sessions/password_hasher.h"
#include "sql/users.h"
#include "tests/support/http_library.h"

namespace latchkey::test {
namespace {

constexpr const char* kClientSecret = "dev-secret";

config::Provider provider(const std::string& id, config::ProviderType type) {
  config::Provider provider;
  provider.id = id;
  provider.type = type;
  provider.client_id = "latchkey-test";
  provider.client_secret = Secret(kClientSecret);
  provider.allow_http = true;
  return provider;
}

std::map<std::string, config::Provider> stand_ins(const std::string& dev) {
  config::Provider github = provider("github", config::ProviderType::github);
  github.authorize_url = dev + "/github/login/oauth/authorize";
  github.token_url = dev + "/github/login/oauth/access_token";
  github.api_url = dev + "/github/api";
  config::Provider google = provider("google", config::ProviderType::google);
  google.issuer = dev + "/google";
  config::Provider facebook = provider("facebook", config::ProviderType::facebook);
  facebook.authorize_url = dev + "/facebook/dialog/oauth";
  facebook.api_url = dev + "/facebook/v19.0";
  config::Provider oidc = provider("intranet", config::ProviderType::oidc);
  oidc.issuer = dev + "/oidc";
  oidc.trust_email = true;
  return {{"github", github}, {"google", google}, {"facebook", facebook}, {"intranet", oidc}};
}

template <class T>
T must(sql::Outcome<T> outcome) {
  if (!outcome) throw std::runtime_error(outcome.error().detail);
  return *std::move(outcome);
}

}  // namespace

Service::Service(const Adjust& adjust) : database_(std::make_unique<TestDatabase>()) {
  config_.database.url = database_->secret_url();
  start(adjust);
}

Service::Service(const Secret& database_url, const Adjust& adjust) {
  config_.database.url = database_url;
  start(adjust);
}

void Service::start(const Adjust& adjust) {
  make_http_tables();
  dev_ = std::make_unique<providers::dev::DevProvider>(
      providers::dev::DevProviderOptions{.client_secret = kClientSecret});
  dev_->start("127.0.0.1", 0);
  dev_url_ = dev_->base_url();
  config_.server.secret_key = Secret("a test's secret key of more than 32 bytes");
  config_.providers = stand_ins(dev_url_);
  const int port = server_.bind("127.0.0.1:0");
  config_.server.public_url = "http://localhost:" + std::to_string(port);
  if (adjust) adjust(config_);
  app_ = std::make_unique<broker::App>(config_, clock, random_);
  thread_ = std::thread([this] { server_.run(app_->dispatcher(), &app_->loop_handler()); });
}

Service::~Service() {
  server_.stop();
  thread_.join();
  dev_->stop();
}

std::unique_ptr<sql::Connection> Service::database() const {
  return must(sql::Connection::open(config_.database.url, {}));
}

void Service::approve_as(const std::string& person) const {
  Browser(dev_url_).post("/_control/approve", R"({"person":")" + person + R"("})");
}

void Service::order_fault(const std::string& provider, const std::string& fault, int times) const {
  JsonWriter json;
  json.begin_object()
      .field("provider", provider)
      .field("fault", fault)
      .field("times", times)
      .end_object();
  const Answer answer = Browser(dev_url_).post("/_control/fault", json.text());
  if (answer.status != 200) throw std::runtime_error("no such fault: " + answer.body);
}

std::int64_t Service::requests(const std::string& provider, const std::string& endpoint) const {
  const Answer answer = Browser(dev_url_).get("/_control/requests");
  const auto document = JsonDocument::parse(answer.body);
  if (!document) throw std::runtime_error("no counts: " + answer.body);
  return document->root()[provider][endpoint].integer().value_or(0);
}

sql::UserId Service::add_user(const UserOptions& options) const {
  sql::NewUser user{.email = options.email, .created_at = clock.now()};
  user.is_staff = options.staff;
  if (options.verified) user.email_verified_at = clock.now();
  if (!options.password.empty()) {
    sessions::PasswordHasher hasher({.threads = 1});
    user.password_hash = *hasher.hash(Secret(options.password));
  }
  const auto connection = database();
  const sql::UserId id = must(sql::users::insert(*connection, user)).id;
  if (options.disabled) must(sql::users::set_disabled(*connection, id, clock.now()));
  return id;
}

std::int64_t Service::count(const std::string& table) const {
  static const std::map<std::string, sql::Statement> kCounts{
      {"users", {"test_count_users", "SELECT count(*) FROM users"}},
      {"identities", {"test_count_identities", "SELECT count(*) FROM identities"}},
      {"sessions", {"test_count_sessions", "SELECT count(*) FROM sessions"}},
      {"pending_sign_ins", {"test_count_pending", "SELECT count(*) FROM pending_sign_ins"}},
      {"audit_events", {"test_count_audit", "SELECT count(*) FROM audit_events"}},
  };
  const auto connection = database();
  return must(connection->execute(kCounts.at(table)))[0].int64(0);
}

std::string query_value(const std::string& url, std::string_view name) {
  const auto parsed = Url::parse(url);
  const auto query = parsed ? parse_query(parsed->query) : std::nullopt;
  if (!query) return "";
  for (const auto& [key, value] : *query) {
    if (key == name) return value;
  }
  return "";
}

std::string callback_url_of(Browser& browser, const std::string& provider,
                            const std::string& next) {
  const std::string query = next.empty() ? "" : "?next=" + percent_encode(next);
  const Answer begun = browser.get("/auth/" + provider + "/login" + query);
  if (begun.status != 302) throw std::runtime_error("not begun: " + begun.body);
  const Answer approved = browser.get(begun.location());
  if (approved.location().empty()) throw std::runtime_error("not approved: " + approved.body);
  return approved.location();
}

Answer sign_in(Browser& browser, const std::string& provider, const std::string& next) {
  return browser.get(callback_url_of(browser, provider, next));
}

Answer log_in(Browser& browser, const std::string& email, const std::string& password) {
  JsonWriter json;
  json.begin_object().field("email", email).field("password", password).end_object();
  return browser.post("/api/login/", json.text());
}

}  // namespace latchkey::test
