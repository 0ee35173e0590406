#include "broker/http/dispatcher.h"

#include <exception>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/try.h"
#include "broker/http/access_log.h"

namespace latchkey::broker::http {
namespace {

// Pages get scripts and styles from this origin only; avatars come from the providers.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
constexpr std::string_view kUsualCsrfHeader = "X-CSRFToken";
constexpr std::string_view kApiPolicy = "default-src 'none'; frame-ancestors 'none'";

std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

bool is_json(const Request& request) {
  const auto type = request.headers.get("Content-Type");
  return type && ascii_iequals(trim(type->substr(0, type->find(';'))), "application/json");
}

}  // namespace

void add_standard_headers(Response& response) {
  const bool page = response.content_type.starts_with("text/html");
  bool cache_control = false;
  for (const auto& [name, value] : response.headers) cache_control |= name == "Cache-Control";
  response.header("X-Content-Type-Options", "nosniff")
      .header("Referrer-Policy", "no-referrer")
      .header("Content-Security-Policy", std::string(page ? kPagePolicy : kApiPolicy))
      .header("Vary", "Origin");
  if (!cache_control) response.header("Cache-Control", "no-store");
}

Response Dispatcher::handle(RawRequest raw) const {
  const MonotonicPoint began = parts_.clock.monotonic();
  Request request;
  request.method = parse_method(raw.method);
  request.path = std::move(raw.path);
  request.headers = std::move(raw.headers);
  request.body = std::move(raw.body);
  request.request_id = parts_.request_ids.next();
  request.client_ip =
      parts_.proxies.client_address(raw.peer, request.headers.all("X-Forwarded-For"));
  request.cookies = sessions::CookieJar::parse(request.headers.all("Cookie"));

  Response response = answer(request, raw.target);
  add_standard_headers(response);
  response.header("X-Request-Id", request.request_id);
  const auto origin = request.headers.get("Origin");
  if (origin && parts_.origins.is_foreign_allowed(*origin)) {
    response.header("Access-Control-Allow-Origin", std::string(*origin))
        .header("Access-Control-Allow-Credentials", "true")
        .header("Access-Control-Expose-Headers", std::string(kExposedHeaders));
  }
  write_access({.method = method_name(request.method),
                .path = request.path,
                .status = response.status,
                .began = began,
                .ended = parts_.clock.monotonic(),
                .client_ip = request.client_ip,
                .request_id = request.request_id},
               log::write);
  return response;
}

Response Dispatcher::refusal(ErrorCode code, std::string_view peer) const {
  const MonotonicPoint now = parts_.clock.monotonic();
  const std::string request_id = parts_.request_ids.next();
  Response response = error_response({code}, request_id);
  add_standard_headers(response);
  response.header("X-Request-Id", request_id);
  write_access({.method = {},
                .path = {},
                .status = response.status,
                .began = now,
                .ended = now,
                .client_ip = peer,
                .request_id = request_id},
               log::write);
  return response;
}

Response Dispatcher::answer(Request& request, std::string_view target) const {
  auto query = parse_query(query_of(target));
  if (!query) {
    return error_response({ErrorCode::parameters_invalid, "bad escape in query"}, request);
  }
  request.query = std::move(*query);
  return request.method == Method::options ? preflight(request) : route(request);
}

Response Dispatcher::route(Request& request) const {
  auto match = parts_.router.match(request.method, request.path);
  if (match.route == nullptr) {
    const bool known = !match.allow.empty();
    Response response =
        error_response({known ? ErrorCode::method_not_allowed : ErrorCode::not_found}, request);
    if (known) response.header("Allow", match.allow);
    return response;
  }
  request.provider = std::move(match.provider);
  request.id = std::move(match.id);
  request.item = std::move(match.item);

  if (!is_safe(request.method)) {
    if (auto status = check_origin(request); !status) {
      return error_response(status.error(), request);
    }
    if (!request.body.empty() && !is_json(request)) {
      return error_response({ErrorCode::unsupported_media_type}, request);
    }
  }
  if (auto status = authenticate(*match.route, request); !status) {
    return error_response(status.error(), request);
  }
  return call(*match.route, request);
}

// Finds the session where it matters: for the handler, or because an unsafe request that carries
// one must carry the CSRF token too.
Status Dispatcher::authenticate(const Route& route, Request& request) const {
  const bool unsafe = !is_safe(request.method);
  const auto token = request.cookies.get(parts_.config.session.cookie_name);
  if (token && (route.session != SessionNeed::none || unsafe)) {
    LATCHKEY_TRY_ASSIGN(request.session, parts_.sessions.check_now(*token));
  }
  if (route.session == SessionNeed::required && !request.session) {
    return fail(ErrorCode::not_authenticated);
  }
  if (unsafe && request.session && !route.flow_guarded) return check_csrf_token(request);
  return {};
}

Response Dispatcher::call(const Route& route, const Request& request) const {
  try {
    return route.handler(request);
  } catch (const std::exception& bug) {
    log::error("http.handler_threw",
               {{"path", request.path}, {"request_id", request.request_id}, {"what", bug.what()}});
    return error_response({ErrorCode::internal_error}, request);
  }
}

// DESIGN section 5, CSRF (1). A browser sends Origin with every unsafe request and
// Sec-Fetch-Site besides; a client that sends neither is no browser and has no ambient cookies.
Status Dispatcher::check_origin(const Request& request) const {
  const auto origins = request.headers.all("Origin");
  if (origins.size() > 1) return fail(ErrorCode::origin_not_allowed, "two Origin headers");
  if (!origins.empty()) {
    if (parts_.origins.allows(origins.front())) return {};
    return fail(ErrorCode::origin_not_allowed, "foreign Origin");
  }
  if (request.headers.get("Sec-Fetch-Site") == "cross-site") {
    return fail(ErrorCode::origin_not_allowed, "cross-site without Origin");
  }
  return {};
}

// DESIGN section 5, CSRF (3): cookie and header are equal and bound to this session.
Status Dispatcher::check_csrf_token(const Request& request) const {
  // The usual name is always understood, so that the built-in pages work whatever is configured: a
  // foreign page can send neither without a preflight.
  auto header = request.headers.get(parts_.config.csrf.header_name);
  if (!header) header = request.headers.get(kUsualCsrfHeader);
  const auto cookie = request.cookies.get(parts_.config.csrf.cookie_name);
  if (!header || header->empty() || !cookie) return fail(ErrorCode::csrf_token_missing);
  if (!constant_time_equal(*header, *cookie) ||
      !parts_.csrf.valid(*header, request.session->token_hash)) {
    return fail(ErrorCode::csrf_token_incorrect);
  }
  return {};
}

// Answers without asking any handler. A foreign origin gets no CORS headers, which makes the
// browser refuse on its own.
Response Dispatcher::preflight(const Request& request) const {
  Response response{.status = 204};
  const auto origin = request.headers.get("Origin");
  if (origin && parts_.origins.is_foreign_allowed(*origin)) {
    response.header("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
        .header("Access-Control-Allow-Headers",
                "Content-Type, Authorization, " + parts_.config.csrf.header_name)
        .header("Access-Control-Max-Age", "600");
  }
  return response;
}

}  // namespace latchkey::broker::http
