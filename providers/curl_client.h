// The one client through which Latchkey speaks to providers (SECURITY rule 8): https only, TLS 1.2
// or newer and verified, no redirects, no proxy, no .netrc, bounded in time and size, and no
// connection to an address inside the network.
#pragma once

#include <string>

#include "providers/curl_handles.h"
#include "providers/http_client.h"

namespace latchkey::providers {

// The PEM bundle of trusted roots: `ca_file` (`outbound.ca_file`), else that of SSL_CERT_FILE;
// empty: libcurl's own default.
std::string choose_ca_bundle(const std::string& ca_file);

class CurlClient final : public HttpClient {
 public:
  // Trusts choose_ca_bundle(ca_file). Throws std::runtime_error when libcurl cannot start.
  explicit CurlClient(const std::string& ca_file);

  tl::expected<HttpResponse, HttpError> send(const HttpRequest& request) override;

 private:
  HandlePool& pool_for(const HttpRequest& request);

  std::string ca_bundle_;  // empty: libcurl's own default
  CurlShare share_;
  // Apart, because a connection at rest is reused without a look at its address.
  HandlePool internet_{share_};
  HandlePool loopback_{share_};
  HandlePool private_{share_};
};

}  // namespace latchkey::providers
