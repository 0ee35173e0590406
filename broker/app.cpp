#include "broker/app.h"

#include <optional>

#include "base/keyring.h"
#include "broker/change_listener.h"
#include "broker/check_routes.h"
#include "broker/health_routes.h"
#include "broker/maintenance.h"
#include "broker/page_routes.h"
#include "broker/session_checks.h"
#include "broker/session_routes.h"
#include "broker/signin_routes.h"
#include "sessions/batched_lookup.h"
#include "sessions/session_cache.h"

namespace latchkey::broker {

// In the order they are made; each member uses only those above it.
struct App::Parts {
  Parts(const config::Config& config, const Clock& system_clock, Random& random);

  const Clock& clock;
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
  AdmissionDesk desk;
  SigninFlow flow;
  RateLimiter limiter;
  PasswordLogin password_login;

  LoginCookies login_cookies;
  FaultPages faults;
  SigninRoutes signin_routes;
  SessionRoutes session_routes;
  PageRoutes page_routes;
  http::Router router;
  http::RequestIds request_ids;
  http::Dispatcher dispatcher;

  SessionChecks session_checks;
  std::optional<ChangeListener> changes;
  std::unique_ptr<Maintenance> maintenance;
};

App::Parts::Parts(const config::Config& config, const Clock& system_clock, Random& random)
    : clock(system_clock),
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
      desk(
          {.pool = pool, .sessions = sessions, .config = config, .clock = clock, .random = random}),
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
                      .origins = origins,
                      .config = config}),
      page_routes(config, faults, targets),
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
                      .clock = clock}) {
  // Nobody tells the cache of changes, and so it stays closed.
  if (config.session.cache) changes.emplace(config.database.url, cache);
  signin_routes.mount(router);
  session_routes.mount(router);
  mount_check_routes(router);
  page_routes.mount(router);
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
      std::make_unique<Maintenance>(parts_->pool, parts_->sessions, parts_->clock);
}

}  // namespace latchkey::broker
