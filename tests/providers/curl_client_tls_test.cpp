// TLS against a real server on loopback with a certificate of our own making.
#include <fstream>

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "providers/curl_client.h"
#include "stub_server.h"
#include "test_keys.h"

namespace latchkey::providers {
namespace {

struct X509Cleanup {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, X509Cleanup>;

// A self-signed certificate for `name`, e.g. "IP:127.0.0.1", valid for a day from `start`.
Certificate make_certificate(const test::Pkey& key, const char* name, long start) {
  Certificate certificate(X509_new());
  X509* x509 = certificate.get();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), start);
  X509_gmtime_adj(X509_getm_notAfter(x509), start + 86'400);
  X509_set_pubkey(x509, key.get());
  X509_NAME* subject = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("stub"), -1, -1, 0);
  X509_set_issuer_name(x509, subject);
  X509_EXTENSION* alternative = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name);
  X509_add_ext(x509, alternative, -1);
  X509_EXTENSION_free(alternative);
  X509_sign(x509, key.get(), EVP_sha256());
  return certificate;
}

std::string write_pem(const Certificate& certificate, const std::string& name) {
  const std::string path = testing::TempDir() + name;
  const std::unique_ptr<FILE, decltype(&fclose)> file(fopen(path.c_str(), "w"), &fclose);
  PEM_write_X509(file.get(), certificate.get());
  return path;
}

class TlsServer {
 public:
  explicit TlsServer(const char* name = "IP:127.0.0.1", long start = -60, int max_version = 0)
      : certificate(make_certificate(test::shared_p256_key(), name, start)) {
    auto server =
        std::make_unique<httplib::SSLServer>(certificate.get(), test::shared_p256_key().get());
    if (max_version != 0) SSL_CTX_set_max_proto_version(server->ssl_context(), max_version);
    stub = std::make_unique<test::StubServer>(std::move(server));
    stub->on_json("/", "{}");
  }
  [[nodiscard]] HttpRequest request() const {
    return {.url = "https://127.0.0.1:" + std::to_string(stub->port()) + "/",
            .allow_private_addresses = true};
  }

  Certificate certificate;
  std::unique_ptr<test::StubServer> stub;
};

HttpFault fault_of(CurlClient& client, const HttpRequest& request) {
  const auto response = client.send(request);
  EXPECT_FALSE(response);
  return response ? HttpFault::protocol : response.error().fault;
}

TEST(CurlClientTls, SelfSignedServerIsRefused) {
  const TlsServer server;
  CurlClient client("");
  EXPECT_EQ(fault_of(client, server.request()), HttpFault::tls);
  EXPECT_EQ(server.stub->hits("/"), 0);
}

TEST(CurlClientTls, AcceptedWhenTheCaFileNamesIt) {
  const TlsServer server;
  CurlClient client(write_pem(server.certificate, "trusted.pem"));
  const auto response = client.send(server.request());
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
}

TEST(CurlClientTls, CertificateForAnotherNameIsRefused) {
  const TlsServer server("DNS:github.com");
  CurlClient client(write_pem(server.certificate, "other_name.pem"));
  EXPECT_EQ(fault_of(client, server.request()), HttpFault::tls);
}

TEST(CurlClientTls, ExpiredCertificateIsRefused) {
  const TlsServer server("IP:127.0.0.1", -2 * 86'400);
  CurlClient client(write_pem(server.certificate, "expired.pem"));
  EXPECT_EQ(fault_of(client, server.request()), HttpFault::tls);
}

TEST(CurlClientTls, DowngradeBelowTls12IsRefused) {
  const TlsServer server("IP:127.0.0.1", -60, TLS1_1_VERSION);
  CurlClient client(write_pem(server.certificate, "old_tls.pem"));
  EXPECT_EQ(fault_of(client, server.request()), HttpFault::tls);
}

TEST(CurlClientTls, AMissingCaFileTrustsNobody) {
  const TlsServer server;
  CurlClient client(testing::TempDir() + "no_such_file.pem");
  EXPECT_EQ(fault_of(client, server.request()), HttpFault::tls);
}

TEST(CurlClientTls, CaFileOfTheEnvironmentIsUsed) {
  const TlsServer server;
  const std::string path = write_pem(server.certificate, "environment.pem");
  setenv("SSL_CERT_FILE", path.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  CurlClient client("");
  unsetenv("SSL_CERT_FILE");  // NOLINT(concurrency-mt-unsafe)
  EXPECT_TRUE(client.send(server.request()));
}

TEST(CurlClientTls, PlainHttpOnATlsPortAndTheReverseAreRefused) {
  const test::StubServer plain;
  CurlClient client("");
  EXPECT_EQ(fault_of(client, {.url = "https://127.0.0.1:" + std::to_string(plain.port()) + "/",
                              .allow_private_addresses = true}),
            HttpFault::tls);
}

}  // namespace
}  // namespace latchkey::providers
