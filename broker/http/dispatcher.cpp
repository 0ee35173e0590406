#include "broker/http/dispatcher.h"

#include <chrono>
#include <exception>
#include <memory>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/log.h"

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

void add_security_headers(Response& response, const std::string& request_id) {
  const bool page = response.content_type.starts_with("text/html");
  bool cache_control = false;
  for (const auto& [name, value] : response.headers) cache_control |= name == "Cache-Control";
  response.header("X-Request-Id", request_id)
      .header("X-Content-Type-Options", "nosniff")
      .header("Referrer-Policy", "no-referrer")
      .header("Content-Security-Policy", std::string(page ? kPagePolicy : kApiPolicy));
  if (!cache_control) response.header("Cache-Control", "no-store");
}

}  // namespace

// One request on its way, kept alive while the session look-up is out.
struct Dispatcher::Exchange {
  Request request;
  Respond respond;
  MonotonicPoint started;
  const Route* route = nullptr;
  bool unsafe_with_cookie = false;
};

void Dispatcher::handle(RawRequest raw, Respond respond) const {
  auto exchange = std::make_shared<Exchange>();
  exchange->respond = std::move(respond);
  exchange->started = parts_.clock.monotonic();
  Request& request = exchange->request;
  request.method = parse_method(raw.method);
  request.path = std::move(raw.path);
  request.headers = std::move(raw.headers);
  request.body = std::move(raw.body);
  request.request_id = hex_encode(random_bytes(parts_.random, 8));
  request.client_ip =
      parts_.proxies.client_address(raw.peer, request.headers.all("X-Forwarded-For"));
  request.cookies = sessions::CookieJar::parse(request.headers.all("Cookie"));
  auto query = parse_query(query_of(raw.target));
  if (!query) {
    return finish(*exchange,
                  error_response({ErrorCode::parameters_invalid, "bad escape in query"}, request));
  }
  request.query = std::move(*query);
  request.session = std::move(raw.session);
  if (request.method == Method::options) return finish(*exchange, preflight(request));
  route(exchange);
}

Response Dispatcher::refusal(ErrorCode code) const {
  Request request;
  request.request_id = hex_encode(random_bytes(parts_.random, 8));
  Response response = error_response({code}, request);
  add_security_headers(response, request.request_id);
  return response;
}

void Dispatcher::route(const std::shared_ptr<Exchange>& exchange) const {
  Request& request = exchange->request;
  auto match = parts_.router.match(request.method, request.path);
  if (match.route == nullptr) {
    const bool known = !match.allow.empty();
    Response response =
        error_response({known ? ErrorCode::method_not_allowed : ErrorCode::not_found}, request);
    if (known) response.header("Allow", match.allow);
    return finish(*exchange, std::move(response));
  }
  exchange->route = match.route;
  request.provider = std::move(match.provider);
  request.id = std::move(match.id);

  const bool unsafe = !is_safe(request.method);
  if (unsafe) {
    if (auto status = check_origin(request); !status) {
      return finish(*exchange, error_response(status.error(), request));
    }
    if (!request.body.empty() && !is_json(request)) {
      return finish(*exchange, error_response({ErrorCode::unsupported_media_type}, request));
    }
  }
  const auto token = request.cookies.get(parts_.config.session.cookie_name);
  const bool wanted = exchange->route->session != SessionNeed::none || unsafe;
  if (request.session) return with_session(exchange, std::move(request.session));
  if (!wanted || !token) return with_session(exchange, std::optional<sessions::LiveSession>{});
  parts_.sessions.check(*token, [this, exchange](sessions::SessionLookup::Answer answer) {
    with_session(exchange, std::move(answer));
  });
}

void Dispatcher::with_session(const std::shared_ptr<Exchange>& exchange,
                              sessions::SessionLookup::Answer answer) const {
  Request& request = exchange->request;
  if (!answer) return finish(*exchange, error_response(answer.error(), request));
  request.session = std::move(*answer);
  if (exchange->route->session == SessionNeed::required && !request.session) {
    return finish(*exchange, error_response({ErrorCode::not_authenticated}, request));
  }
  if (!is_safe(request.method) && request.session && !exchange->route->flow_guarded) {
    if (auto status = check_csrf_token(request); !status) {
      return finish(*exchange, error_response(status.error(), request));
    }
  }
  call(exchange);
}

void Dispatcher::call(const std::shared_ptr<Exchange>& exchange) const {
  const Request& request = exchange->request;
  Response response;
  try {
    response = exchange->route->handler(request);
  } catch (const std::exception& bug) {
    log::error("http.handler_threw",
               {{"path", request.path}, {"request_id", request.request_id}, {"what", bug.what()}});
    response = error_response({ErrorCode::internal_error}, request);
  }
  finish(*exchange, std::move(response));
}

void Dispatcher::finish(Exchange& exchange, Response response) const {
  const Request& request = exchange.request;
  add_security_headers(response, request.request_id);
  const auto origin = request.headers.get("Origin");
  if (origin && parts_.origins.is_foreign_allowed(*origin)) {
    response.header("Access-Control-Allow-Origin", std::string(*origin))
        .header("Access-Control-Allow-Credentials", "true")
        .header("Access-Control-Expose-Headers", "X-Request-Id, Retry-After");
  }
  response.header("Vary", "Origin");
  const auto took =
      std::chrono::duration<double, std::milli>(parts_.clock.monotonic() - exchange.started);
  log::info("http.request", {{"method", method_name(request.method)},
                             {"path", request.path},
                             {"status", response.status},
                             {"ms", took.count()},
                             {"ip", request.client_ip},
                             {"request_id", request.request_id}});
  exchange.respond(std::move(response));
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
