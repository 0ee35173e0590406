#include "broker/health_routes.h"

#include "base/log.h"
#include "sql/migrations.h"

namespace latchkey::broker {
namespace {

http::Response status_response(int status, std::string_view text) {
  JsonWriter json;
  json.begin_object().field("status", text).end_object();
  return http::json_response(status, json);
}

// A closed session cache is no reason to send nobody here: checks only cost more.
http::Response ready_response(const sessions::SessionCache& cache) {
  JsonWriter json;
  json.begin_object()
      .field("status", "ready")
      .field("session_cache", cache.is_open() ? "open" : "closed")
      .end_object();
  return http::json_response(200, json);
}

http::Response ready(sql::Pool& pool, const sessions::SessionCache& cache,
                     const http::Request& request) {
  auto lease = pool.acquire();
  if (!lease) return http::error_response(sql::to_error(lease.error()), request);
  const auto missing = sql::pending_migrations(**lease);
  if (!missing) return http::error_response(sql::to_error(missing.error()), request);
  if (*missing > 0) {
    log::warn("readyz.migrations_missing", {{"missing", *missing}});
    return status_response(503, "migrations missing");
  }
  return ready_response(cache);
}

}  // namespace

void mount_health_routes(http::Router& router, sql::Pool& pool,
                         const sessions::SessionCache& cache) {
  router.add({.method = http::Method::get,
              .pattern = "/healthz",
              .handler = [](const http::Request&) { return status_response(200, "ok"); }});
  router.add({.method = http::Method::get,
              .pattern = "/readyz",
              .handler = [&pool, &cache](const http::Request& request) {
                return ready(pool, cache, request);
              }});
}

}  // namespace latchkey::broker
