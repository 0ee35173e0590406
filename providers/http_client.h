// The seam between the providers and the network. The one real client is CurlClient
// (curl_client.h); tests put a fake here. A request is answered or fails with one of a few named
// faults; nothing of an answer's body or of a request ever stands in a fault's text.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace latchkey::providers {

// DESIGN section 10, "outbound".
inline constexpr std::chrono::milliseconds kConnectTimeout{2'000};
inline constexpr std::chrono::milliseconds kTotalTimeout{10'000};
inline constexpr std::size_t kMaxBody = std::size_t{256} * 1024;  // as read by us, i.e. decoded
inline constexpr std::size_t kMaxHeaders = std::size_t{32} * 1024;

enum class HttpMethod { get, post };

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  HttpMethod method = HttpMethod::get;
  std::string url = {};
  HttpHeaders headers = {};
  std::string body = {};
  std::chrono::milliseconds timeout = kTotalTimeout;  // for all of it, from the DNS query on
  // Plain http to a loopback address, which is then no refused address either.
  bool allow_http = false;
  // Loopback, link-local and private addresses.
  bool allow_private_addresses = false;
  // Once this turns true the request is given up, within about a second. Null: never.
  const std::atomic<bool>* stop = nullptr;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers = {};
  std::string body = {};

  // The first header of that name, in any case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

enum class HttpFault {
  refused_url,      // not a URL, or plain http where it is not allowed
  refused_address,  // the host stands at an address that is not the public Internet's
  connect,          // no such host, nobody listens, or the connection broke
  tls,              // handshake or certificate
  timeout,
  too_large,  // body or header block beyond its limit
  protocol,   // not HTTP
  stopped,    // we gave it up ourselves
};

struct HttpError {
  HttpFault fault;
  std::string detail;  // for the log
};

// Thread-safe. send() blocks up to the request's timeout. Redirects are answers like any other and
// are not followed. A POST is never sent a second time.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual tl::expected<HttpResponse, HttpError> send(const HttpRequest& request) = 0;
};

}  // namespace latchkey::providers
