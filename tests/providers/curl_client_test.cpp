#include "providers/curl_client.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "stub_server.h"
#include "tests/support/parallel.h"

namespace latchkey::providers {
namespace {

using std::chrono::milliseconds;

class CurlClientTest : public testing::Test {
 protected:
  tl::expected<HttpResponse, HttpError> get(const std::string& url) {
    return client.send({.url = url, .allow_http = true});
  }
  HttpFault fault_of(const std::string& url) {
    const auto response = get(url);
    EXPECT_FALSE(response);
    return response ? HttpFault::protocol : response.error().fault;
  }

  test::StubServer stub;
  CurlClient client{""};
};

TEST_F(CurlClientTest, GetsBodyStatusAndHeadersInAnyCase) {
  stub.on("/a", [](const httplib::Request&, httplib::Response& response) {
    response.status = 404;
    response.set_header("X-Thing", "  value ");
    response.set_content("body", "text/plain");
  });
  const auto response = get(stub.url("/a"));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->body, "body");
  EXPECT_EQ(response->header("x-THING"), "value");
  EXPECT_FALSE(response->header("absent"));
}

TEST_F(CurlClientTest, SendsItsNameAndTheGivenHeaders) {
  stub.on_json("/a", "{}");
  ASSERT_TRUE(client.send({.url = stub.url("/a"),
                           .headers = {{"Accept", "application/json"}, {"X-One", "1"}},
                           .allow_http = true}));
  const auto request = stub.requests("/a").at(0);
  EXPECT_TRUE(request.get_header_value("User-Agent").starts_with("latchkey/"));
  EXPECT_EQ(request.get_header_value("Accept"), "application/json");
  EXPECT_EQ(request.get_header_value("X-One"), "1");
  EXPECT_EQ(request.get_header_value("Accept-Encoding"), "identity");
}

TEST_F(CurlClientTest, PostsTheBodyAndNothingOfItStaysForTheNextRequest) {
  stub.on_json("/a", "{}");
  ASSERT_TRUE(client.send({.method = HttpMethod::post,
                           .url = stub.url("/a"),
                           .headers = {{"Authorization", "Basic c2VjcmV0"}},
                           .body = "x=1",
                           .allow_http = true}));
  ASSERT_TRUE(get(stub.url("/a")));
  const auto requests = stub.requests("/a");
  EXPECT_EQ(requests.at(0).method, "POST");
  EXPECT_EQ(requests.at(0).body, "x=1");
  EXPECT_EQ(requests.at(1).method, "GET");
  EXPECT_EQ(requests.at(1).body, "");
  EXPECT_FALSE(requests.at(1).has_header("Authorization"));
}

TEST_F(CurlClientTest, ConnectionsAreReused) {
  stub.on_json("/a", "{}");
  ASSERT_TRUE(get(stub.url("/a")));
  ASSERT_TRUE(get(stub.url("/a")));
  const auto requests = stub.requests("/a");
  EXPECT_EQ(requests.at(0).remote_port, requests.at(1).remote_port);
}

TEST_F(CurlClientTest, ManyThreadsAtOnce) {
  stub.on_json("/a", "{}");
  test::in_parallel(16, [this](int) {
    EXPECT_TRUE(get(stub.url("/a")));
    EXPECT_TRUE(get(stub.url("/a")));
  });
}

TEST_F(CurlClientTest, RedirectIsNotFollowed) {
  stub.on("/from", [](const httplib::Request&, httplib::Response& response) {
    response.set_redirect("/to");
  });
  const auto response = get(stub.url("/from"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(stub.hits("/to"), 0);
}

TEST_F(CurlClientTest, ProxyOfTheEnvironmentIsIgnored) {
  test::StubServer proxy;
  stub.on_json("/a", "{}");
  const std::string address = proxy.url();
  setenv("http_proxy", address.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  setenv("all_proxy", address.c_str(), 1);   // NOLINT(concurrency-mt-unsafe)
  const auto response = get(stub.url("/a"));
  unsetenv("http_proxy");  // NOLINT(concurrency-mt-unsafe)
  unsetenv("all_proxy");   // NOLINT(concurrency-mt-unsafe)
  EXPECT_TRUE(response);
  EXPECT_EQ(stub.hits("/a"), 1);
}

TEST_F(CurlClientTest, BodyAtTheLimitPasses) {
  stub.on("/big", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(std::string(kMaxBody, ' '), "application/json");
  });
  const auto response = get(stub.url("/big"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body.size(), kMaxBody);
}

TEST_F(CurlClientTest, HugeBodyIsCutOff) {
  stub.on("/big", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(std::string(kMaxBody + 1, ' '), "application/json");
  });
  EXPECT_EQ(fault_of(stub.url("/big")), HttpFault::too_large);
}

TEST_F(CurlClientTest, EndlessChunkedBodyIsCutOff) {
  stub.on("/endless", [](const httplib::Request&, httplib::Response& response) {
    response.set_chunked_content_provider("application/json",
                                          [](std::size_t, httplib::DataSink& sink) {
                                            const std::string chunk(16'384, ' ');
                                            return sink.write(chunk.data(), chunk.size());
                                          });
  });
  EXPECT_EQ(fault_of(stub.url("/endless")), HttpFault::too_large);
}

TEST_F(CurlClientTest, CompressionBombIsNotUnpacked) {
  // What claims to be gzip arrives as the bytes that were sent, not as what they would unpack to.
  const test::RawServer bomb(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08!");
  const auto response = get(bomb.url());
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, "\x1f\x8b\x08!");
}

TEST_F(CurlClientTest, HugeHeaderBlockIsCutOff) {
  std::string answer = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 40; ++i) answer += "X-Filler: " + std::string(1'000, 'x') + "\r\n";
  const test::RawServer server(answer + "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(fault_of(server.url()), HttpFault::too_large);
}

TEST_F(CurlClientTest, HeadersOfAnInterimAnswerAreNotTheAnswers) {
  const test::RawServer server(
      "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  const auto response = get(server.url());
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_FALSE(response->header("X-Early"));
}

TEST_F(CurlClientTest, SlowProviderTimesOut) {
  const test::RawServer silent(test::RawServer::Silent{});
  const auto response =
      client.send({.url = silent.url(), .timeout = milliseconds(50), .allow_http = true});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, HttpFault::timeout);
}

TEST_F(CurlClientTest, ConnectionDropped) {
  const test::RawServer dropping("");
  EXPECT_EQ(fault_of(dropping.url()), HttpFault::connect);
}

TEST_F(CurlClientTest, BodyCutShort) {
  const test::RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}");
  EXPECT_EQ(fault_of(server.url()), HttpFault::connect);
}

TEST_F(CurlClientTest, NobodyListens) {
  std::string url;
  {
    const test::RawServer gone(test::RawServer::Silent{});
    url = gone.url();
  }
  EXPECT_EQ(fault_of(url), HttpFault::connect);
}

TEST_F(CurlClientTest, NotHttpAtAll) {
  const test::RawServer server("SSH-2.0-OpenSSH_9.2\r\n");
  EXPECT_EQ(fault_of(server.url()), HttpFault::protocol);
}

TEST_F(CurlClientTest, ACodeIsNotSentAgainOverAConnectionThatDied) {
  // libcurl alone would send the second POST over the first one's connection, see it close and
  // repeat the POST on a new one.
  const test::RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                               test::RawServer::Then::drop_at_second);
  const HttpRequest post{
      .method = HttpMethod::post, .url = server.url(), .body = "code=1", .allow_http = true};
  ASSERT_TRUE(client.send(post));
  const auto second = client.send(post);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, HttpFault::connect);
  EXPECT_EQ(server.requests(), 2);  // not a third
}

TEST_F(CurlClientTest, AConnectionJustUsedTakesTheNextPost) {
  stub.on_json("/a", "{}");
  const HttpRequest post{
      .method = HttpMethod::post, .url = stub.url("/a"), .body = "code=1", .allow_http = true};
  ASSERT_TRUE(client.send(post));
  ASSERT_TRUE(client.send(post));
  const auto requests = stub.requests("/a");
  ASSERT_EQ(requests.size(), 2);
  EXPECT_EQ(requests[0].remote_port, requests[1].remote_port);
  EXPECT_EQ(requests[1].body, "code=1");
}

TEST_F(CurlClientTest, PlainHttpIsRefusedUnlessAllowed) {
  const auto response = client.send({.url = stub.url("/a"), .allow_private_addresses = true});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, HttpFault::refused_url);
  EXPECT_EQ(stub.hits("/a"), 0);
}

TEST_F(CurlClientTest, PlainHttpNeverLeavesTheMachine) {
  EXPECT_EQ(fault_of("http://example.com/"), HttpFault::refused_url);
  EXPECT_EQ(fault_of("http://10.0.0.1/"), HttpFault::refused_url);
}

TEST_F(CurlClientTest, OtherSchemesAndUserInfoAreRefused) {
  EXPECT_EQ(fault_of("file:///etc/passwd"), HttpFault::refused_url);
  EXPECT_EQ(fault_of("gopher://127.0.0.1/"), HttpFault::refused_url);
  EXPECT_EQ(fault_of("http://user@127.0.0.1/"), HttpFault::refused_url);
  EXPECT_EQ(fault_of(""), HttpFault::refused_url);
}

TEST_F(CurlClientTest, InwardAddressesAreRefusedWhenConnecting) {
  const std::string port = ":" + std::to_string(stub.port()) + "/";
  for (const std::string host : {"127.0.0.1", "localhost", "10.0.0.1", "192.168.0.1",
                                 "169.254.169.254", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"}) {
    const auto response = client.send({.url = "https://" + host + port});
    ASSERT_FALSE(response) << host;
    EXPECT_EQ(response.error().fault, HttpFault::refused_address) << host;
  }
}

TEST_F(CurlClientTest, AllowHttpOpensLoopbackButNotTheIntranet) {
  EXPECT_EQ(fault_of("https://10.0.0.1/"), HttpFault::refused_address);
}

TEST_F(CurlClientTest, AConnectionAllowedToOneProviderIsNotReusedForAnother) {
  stub.on_json("/a", "{}");
  ASSERT_TRUE(get(stub.url("/a")));  // leaves a loopback connection at rest
  const auto response = client.send({.url = "https://127.0.0.1:" + std::to_string(stub.port())});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, HttpFault::refused_address);
}

}  // namespace
}  // namespace latchkey::providers
