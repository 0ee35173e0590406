#include "broker/app.h"

#include <optional>

#include "base/keyring.h"
#include "broker/account_merge.h"
#include "broker/accounts/email_change.h"
#include "broker/accounts/email_verification.h"
#include "broker/accounts/mailed_links.h"
#include "broker/accounts/password_change.h"
#include "broker/accounts/password_reset.h"
#include "broker/accounts/reauthentication.h"
#include "broker/accounts/signup.h"
#include "broker/admin/administration.h"
#include "broker/change_listener.h"
#include "broker/check_routes.h"
#include "broker/credential_routes.h"
#include "broker/device_routes.h"
#include "broker/health_routes.h"
#include "broker/identity_routes.h"
#include "broker/mail/sender.h"
#include "broker/maintenance.h"
#include "broker/merge_offer.h"
#include "broker/own_sessions.h"
#include "broker/owner_notices.h"
#include "broker/page_routes.h"
#include "broker/pending_routes.h"
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
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): there is one of them
struct App::Parts {
  Parts(const config::Config& config, const Clock& system_clock, Random& random);

  const config::Config& settings;
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
  Webhooks webhooks;
  PostOffice post_office;
  OwnerNotices notices;
  MailedLinks mailed_links;
  RateLimiter limiter;
  EmailVerification email_verification;
  PasswordLogin password_login;
  Reauthentication reauthentication;
  AdmissionDesk desk;
  MergeOffers merge_offers;
  SigninFlow flow;
  Signup signup;
  EmailChange email_change;
  PasswordReset password_reset;
  PasswordChange password_change;
  PendingProofs pending_proofs;
  ConnectedIdentities identities;
  OwnSessions own_sessions;

  LoginCookies login_cookies;
  FaultPages faults;
  SigninRoutes signin_routes;
  PendingRoutes pending_routes;
  IdentityRoutes identity_routes;
  DeviceRoutes device_routes;
  SessionRoutes session_routes;
  CredentialRoutes credential_routes;
  PageRoutes page_routes;
  admin::Administration administration;
  AccountMerge account_merge;
  http::Router router;
  http::RequestIds request_ids;
  http::Dispatcher dispatcher;

  SessionChecks session_checks;
  std::optional<ChangeListener> changes;
  std::unique_ptr<Maintenance> maintenance;
  std::unique_ptr<MailSender> mail_sender;
  providers::CurlClient webhook_client;
  WebhookSender webhook_sender;
};

App::Parts::Parts(const config::Config& config, const Clock& system_clock, Random& random)
    : settings(config),
      clock(system_clock),
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
      post_office(config, clock),
      notices(post_office, providers, clock),
      mailed_links({.post_office = post_office,
                    .targets = targets,
                    .config = config,
                    .clock = clock,
                    .random = random}),
      limiter(clock),
      email_verification({.pool = pool,
                          .sessions = sessions,
                          .links = mailed_links,
                          .notices = notices,
                          .webhooks = webhooks,
                          .limiter = limiter,
                          .config = config,
                          .clock = clock}),
      password_login({.pool = pool,
                      .sessions = sessions,
                      .hasher = hasher,
                      .notices = notices,
                      .verification = email_verification,
                      .limiter = limiter,
                      .config = config,
                      .clock = clock}),
      reauthentication(
          {.pool = pool, .sessions = sessions, .password_login = password_login, .clock = clock}),
      desk({.pool = pool,
            .sessions = sessions,
            .notices = notices,
            .webhooks = webhooks,
            .config = config,
            .clock = clock,
            .random = random}),
      merge_offers(keyring, config.session, clock, random),
      flow({.providers = providers,
            .pool = pool,
            .lookup = lookup,
            .cookies = flow_cookies,
            .targets = targets,
            .desk = desk,
            .reauthentication = reauthentication,
            .merge_offers = merge_offers,
            .config = config,
            .clock = clock,
            .random = random}),
      signup({.pool = pool,
              .hasher = hasher,
              .links = mailed_links,
              .webhooks = webhooks,
              .limiter = limiter,
              .config = config,
              .clock = clock}),
      email_change({.pool = pool,
                    .sessions = sessions,
                    .links = mailed_links,
                    .verification = email_verification,
                    .limiter = limiter,
                    .config = config,
                    .clock = clock}),
      password_reset({.pool = pool,
                      .sessions = sessions,
                      .hasher = hasher,
                      .links = mailed_links,
                      .notices = notices,
                      .webhooks = webhooks,
                      .password_login = password_login,
                      .limiter = limiter,
                      .config = config,
                      .clock = clock}),
      password_change({.pool = pool,
                       .sessions = sessions,
                       .hasher = hasher,
                       .password_login = password_login,
                       .notices = notices,
                       .webhooks = webhooks,
                       .config = config,
                       .clock = clock}),
      pending_proofs({.pool = pool,
                      .desk = desk,
                      .password_login = password_login,
                      .post_office = post_office,
                      .providers = providers,
                      .limiter = limiter,
                      .config = config,
                      .clock = clock,
                      .keyring = keyring,
                      .random = random}),
      identities({.pool = pool,
                  .sessions = sessions,
                  .notices = notices,
                  .webhooks = webhooks,
                  .providers = providers,
                  .clock = clock}),
      own_sessions({.pool = pool, .sessions = sessions, .webhooks = webhooks}),
      login_cookies(config, csrf, clock),
      faults(config, providers),
      signin_routes({.flow = flow,
                     .providers = providers,
                     .config = config,
                     .login_cookies = login_cookies,
                     .faults = faults}),
      pending_routes({.proofs = pending_proofs,
                      .targets = targets,
                      .login_cookies = login_cookies,
                      .config = config,
                      .clock = clock}),
      identity_routes({.flow = flow, .identities = identities, .sessions = sessions}),
      device_routes(
          {.sessions = sessions, .own = own_sessions, .providers = providers, .config = config}),
      session_routes({.password_login = password_login,
                      .sessions = sessions,
                      .own_sessions = own_sessions,
                      .csrf = csrf,
                      .login_cookies = login_cookies,
                      .origins = origins,
                      .config = config}),
      credential_routes({.signup = signup,
                         .verification = email_verification,
                         .email_change = email_change,
                         .password_change = password_change,
                         .password_reset = password_reset,
                         .reauthentication = reauthentication,
                         .targets = targets,
                         .login_cookies = login_cookies}),
      page_routes(config, post_office, faults, targets),
      administration({.pool = pool,
                      .sessions = sessions,
                      .hasher = hasher,
                      .notices = notices,
                      .admission = desk,
                      .webhooks = webhooks,
                      .providers = providers,
                      .config = config,
                      .clock = clock}),
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
  pending_routes.mount(router);
  identity_routes.mount(router);
  device_routes.mount(router);
  session_routes.mount(router);
  credential_routes.mount(router);
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
  parts_->maintenance = std::make_unique<Maintenance>(parts_->pool, parts_->sessions,
                                                      parts_->settings.audit, parts_->clock);
  if (parts_->webhooks.configured()) parts_->webhook_sender.start();
  if (!parts_->post_office.configured()) return;
  parts_->mail_sender = std::make_unique<MailSender>(
      MailSender::Parts{
          .pool = parts_->pool, .bell = parts_->post_office.bell(), .clock = parts_->clock},
      smtp_settings(parts_->settings));
  parts_->mail_sender->start();
}

}  // namespace latchkey::broker
