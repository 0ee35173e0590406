#include "providers/curl_client.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <sys/socket.h>

#include "base/encoding.h"
#include "base/url.h"
#include "providers/address_rules.h"

namespace latchkey::providers {
namespace {

constexpr std::chrono::seconds kMaxRestBeforePost{2};
constexpr const char* kUserAgent = "latchkey/" LATCHKEY_VERSION;

// What libcurl's callbacks work on while one request is under way.
struct Exchange {
  AddressPolicy policy;
  HttpResponse response = {};
  std::size_t header_bytes = 0;
  bool too_large = false;
  bool address_refused = false;
};

std::size_t on_body(const char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t length = size * count;
  if (length > kMaxBody - exchange.response.body.size()) {
    exchange.too_large = true;
    return 0;  // anything but `length` ends the transfer
  }
  exchange.response.body.append(data, length);
  return length;
}

std::size_t on_header(const char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::string_view line(data, size * count);
  exchange.header_bytes += line.size();
  if (exchange.header_bytes > kMaxHeaders) {
    exchange.too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {
    exchange.response.headers.clear();  // what stood before belongs to an interim 1xx answer
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    std::string_view value = line.substr(colon + 1);
    while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
    exchange.response.headers.emplace_back(line.substr(0, colon), trim(value));
  }
  return line.size();
}

// What is left of a POST's body.
std::size_t on_send(char* to, std::size_t size, std::size_t count, void* user) noexcept {
  auto& body = *static_cast<std::string_view*>(user);
  const std::size_t length = body.copy(to, size * count);
  body.remove_prefix(length);
  return length;
}

int on_rewind(void* /*user*/, curl_off_t /*offset*/, int /*origin*/) noexcept {
  return CURL_SEEKFUNC_FAIL;
}

curl_socket_t on_socket(void* user, curlsocktype /*purpose*/, curl_sockaddr* address) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  if (!may_connect(address->addr, exchange.policy)) {
    exchange.address_refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

HttpFault fault_of(CURLcode code, const Exchange& exchange) {
  if (exchange.too_large) return HttpFault::too_large;
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return exchange.address_refused ? HttpFault::refused_address : HttpFault::connect;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
      return HttpFault::connect;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpFault::timeout;
    case CURLE_ABORTED_BY_CALLBACK:
      return HttpFault::stopped;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return HttpFault::tls;
    default:
      return HttpFault::protocol;
  }
}

struct HeaderListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, HeaderListCleanup>;

HeaderList header_list(const HttpRequest& request) {
  // Not decoding at all is the surest bound on a compression bomb.
  HeaderList list(curl_slist_append(nullptr, "Accept-Encoding: identity"));
  for (const auto& [name, value] : request.headers) {
    // On failure libcurl answers null and leaves the list as it was.
    const std::string line = std::string(name).append(": ").append(value);
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return nullptr;
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

void set_safety(CURL* curl, const std::string& ca_bundle, bool plain_http) {
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, plain_http ? "http" : "https");
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!ca_bundle.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, ca_bundle.c_str());
    // Else each new handle reads the whole system store (22 ms instead of 1).
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  // One blocking request at a time gains nothing from HTTP/2's framing.
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
}

// libcurl repeats a request when a reused connection turns out dead before an answer came, but a
// code must not be sent twice. It repeats none whose body it has begun to send and cannot rewind:
// the transfer then fails with CURLE_SEND_FAIL_REWIND. So that this stays rare, only a connection
// that was in use just now is used again; servers close theirs after several seconds at rest.
void send_body_once(CURL* curl, std::string_view& body) {
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &on_send);
  curl_easy_setopt(curl, CURLOPT_READDATA, &body);
  curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, &on_rewind);
  curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, static_cast<long>(kMaxRestBeforePost.count()));
}

void set_request(CURL* curl, const HttpRequest& request, const curl_slist* headers) {
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, kUserAgent);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  // Zero would mean no limit.
  const auto total = std::max<long>(1, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, total);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   std::min(total, static_cast<long>(kConnectTimeout.count())));
}

// libcurl calls it at least once a second, also while it waits.
int on_progress(void* user, curl_off_t /*to_load*/, curl_off_t /*loaded*/, curl_off_t /*to_send*/,
                curl_off_t /*sent*/) noexcept {
  return *static_cast<const std::atomic<bool>*>(user) ? 1 : 0;
}

void set_stop(CURL* curl, const std::atomic<bool>* stop) {
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, stop == nullptr ? 1L : 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, stop);
}

void set_callbacks(CURL* curl, Exchange& exchange) {
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &on_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &exchange);
}

}  // namespace

std::string choose_ca_bundle(const std::string& ca_file) {
  if (!ca_file.empty()) return ca_file;
  // Read once, when the service starts and nothing changes its environment.
  const char* from_environment = std::getenv("SSL_CERT_FILE");  // NOLINT(concurrency-mt-unsafe)
  if (from_environment != nullptr && *from_environment != '\0') return from_environment;
  const char* built_in = curl_version_info(CURLVERSION_NOW)->cainfo;
  return built_in == nullptr ? "" : built_in;
}

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (ascii_iequals(key, name)) return value;
  }
  return std::nullopt;
}

CurlClient::CurlClient(const std::string& ca_file) : ca_bundle_(choose_ca_bundle(ca_file)) {}

HandlePool& CurlClient::pool_for(const HttpRequest& request) {
  if (request.allow_private_addresses) return private_;
  return request.allow_http ? loopback_ : internet_;
}

tl::expected<HttpResponse, HttpError> CurlClient::send(const HttpRequest& request) {
  const auto url = Url::parse(request.url);
  const bool plain_http = url && url->scheme == "http";
  if (!url || (plain_http && !(request.allow_http && url->is_loopback()))) {
    return tl::unexpected(HttpError{HttpFault::refused_url, "not an https URL"});
  }
  Exchange exchange{
      .policy = {.allow_loopback = request.allow_http || request.allow_private_addresses,
                 .allow_internal = request.allow_private_addresses,
                 .require_loopback = plain_http}};
  HandlePool& pool = pool_for(request);
  CurlHandle handle = pool.take();
  const HeaderList headers = header_list(request);
  if (!handle || !headers) {
    return tl::unexpected(HttpError{HttpFault::connect, "libcurl is out of memory"});
  }
  std::array<char, CURL_ERROR_SIZE> reason{};
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, reason.data());
  set_safety(handle.get(), ca_bundle_, plain_http);
  set_request(handle.get(), request, headers.get());
  set_callbacks(handle.get(), exchange);
  set_stop(handle.get(), request.stop);
  std::string_view body = request.body;
  if (request.method == HttpMethod::post) send_body_once(handle.get(), body);
  const CURLcode code = curl_easy_perform(handle.get());
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  pool.give_back(std::move(handle));

  if (code != CURLE_OK) {
    const std::string_view why = reason.front() == '\0' ? curl_easy_strerror(code) : reason.data();
    return tl::unexpected(HttpError{fault_of(code, exchange), std::string(why)});
  }
  exchange.response.status = static_cast<int>(status);
  return std::move(exchange.response);
}

}  // namespace latchkey::providers
