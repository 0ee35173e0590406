#include "broker/app.h"

#include <optional>

#include "base/keyring.h"
#include "broker/account_merge.h"
#include "broker/admin/administration.h"
#include "broker/change_listener.h"
#include "broker/check_routes.h"
#include "broker/health_routes.h"
#include "broker/maintenance.h"
#include "broker/merge_offer.h"
#include "broker/page_routes.h"
#include "broker/session_checks.h"
#include "broker/session_routes.h"
#include "broker/signin_routes.h"
#include "broker/webhook_sender.h"
#include "broker/webhooks.h"
#include "providers/curl_client.h"
#include "sessions/batched_lookup.h"
#include "sessions/session_cache.h"

namespace latchkey::broker {

// In the order they are made; each member uses only those above it.
struct App::Parts {
  Parts(const config::Config& config, const Clock& system_clock, Random& random);

  const Clock& clock;
  const config::Audit& audit;
  Keyring keyring;
  sql::Pool pool;
  sessions::SessionCache cache;
  sessions::BatchedLookup store;
  sessions::CachedLookup lookup;
  sessions::SessionService sessions;
  sessions::CsrfTokens csrf;
  sessions::PasswordHasher hasher;
  providers::Registry providers;

  http::OriginPolicy origins;
  http::TrustedProxies proxies;
  RedirectTargets targets;
  FlowCookies flow_cookies;
  Webhooks webhooks;
  AdmissionDesk desk;
  SigninFlow flow;
  RateLimiter limiter;
  PasswordLogin password_login;

  LoginCookies login_cookies;
  FaultPages faults;
  SigninRoutes signin_routes;
  SessionRoutes session_routes;
  PageRoutes page_routes;
  admin::Administration administration;
  MergeOffers merge_offers;
  AccountMerge account_merge;
  http::Router router;
  http::RequestIds request_ids;
  http::Dispatcher dispatcher;

  SessionChecks session_checks;
  std::optional<ChangeListener> changes;
  std::unique_ptr<Maintenance> maintenance;
  providers::CurlClient webhook_client;
  WebhookSender webhook_sender;
};

App::Parts::Parts(const config::Config& config, const Clock& system_clock, Random& random)
    : clock(system_clock),
      audit(config.audit),
      keyring(config.server.secret_key, config.server.secret_key_fallbacks),
      pool({.url = config.database.url, .size = config.database.pool_size}),
      cache(clock),
      store({.database_url = config.database.url, .idle_timeout = config.session.idle_timeout},
            clock),
      lookup(cache, store),
      sessions(pool, lookup, config.session, clock, random),
      csrf(keyring, random),
      hasher({}),
      providers(config.providers, config.outbound, clock),
      origins(config.server.public_url, config.spa.origins),
      proxies(config.server.trusted_proxies),
      targets(origins, config.spa.default_next),
      flow_cookies(keyring, config.session, random),
      webhooks(config.admin, clock),
      desk({.pool = pool,
            .sessions = sessions,
            .webhooks = webhooks,
            .config = config,
            .clock = clock,
            .random = random}),
      flow({.providers = providers,
            .pool = pool,
            .lookup = lookup,
            .cookies = flow_cookies,
            .targets = targets,
            .desk = desk,
            .config = config,
            .clock = clock,
            .random = random}),
      limiter(clock),
      password_login({.pool = pool,
                      .sessions = sessions,
                      .hasher = hasher,
                      .limiter = limiter,
                      .config = config,
                      .clock = clock}),
      login_cookies(config, csrf, clock),
      faults(config, providers),
      signin_routes({.flow = flow,
                     .providers = providers,
                     .pool = pool,
                     .sessions = sessions,
                     .config = config,
                     .login_cookies = login_cookies,
                     .faults = faults,
                     .clock = clock}),
      session_routes({.password_login = password_login,
                      .sessions = sessions,
                      .pool = pool,
                      .csrf = csrf,
                      .login_cookies = login_cookies,
                      .webhooks = webhooks,
                      .origins = origins,
                      .config = config}),
      page_routes(config, faults, targets),
      administration({.pool = pool,
                      .sessions = sessions,
                      .hasher = hasher,
                      .admission = desk,
                      .webhooks = webhooks,
                      .config = config,
                      .clock = clock}),
      merge_offers(keyring, config.session, clock, random),
      account_merge({.desk = administration.merges(),
                     .offers = merge_offers,
                     .sessions = sessions,
                     .pool = pool}),
      request_ids(random),
      dispatcher({.config = config,
                  .router = router,
                  .origins = origins,
                  .proxies = proxies,
                  .sessions = sessions,
                  .csrf = csrf,
                  .clock = clock,
                  .request_ids = request_ids}),
      session_checks({.sessions = sessions,
                      .config = config.session,
                      .origins = origins,
                      .proxies = proxies,
                      .request_ids = request_ids,
                      .clock = clock}),
      webhook_client(config.outbound.ca_file),
      webhook_sender(
          {.pool = pool, .http = webhook_client, .config = config.admin, .clock = clock}) {
  // Nobody tells the cache of changes, and so it stays closed.
  if (config.session.cache) changes.emplace(config.database.url, cache);
  signin_routes.mount(router);
  session_routes.mount(router);
  mount_check_routes(router);
  page_routes.mount(router);
  administration.mount(router);
  account_merge.mount(router);
  mount_health_routes(router, pool, cache);
}

App::App(const config::Config& config, const Clock& clock, Random& random)
    : parts_(std::make_unique<Parts>(config, clock, random)) {}
// Checks that still wait for the store end while all that answers them is there.
App::~App() { parts_->store.stop(); }

const http::Dispatcher& App::dispatcher() const { return parts_->dispatcher; }
const http::Router& App::router() const { return parts_->router; }
http::LoopHandler& App::loop_handler() { return parts_->session_checks; }

void App::start_maintenance() {
  parts_->maintenance =
      std::make_unique<Maintenance>(parts_->pool, parts_->sessions, parts_->audit, parts_->clock);
  if (parts_->webhooks.configured()) parts_->webhook_sender.start();
}

}  // namespace latchkey::broker
