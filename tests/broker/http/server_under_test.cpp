#include "tests/broker/http/server_under_test.h"

#include <stdexcept>

namespace latchkey::test {

using namespace broker::http;

namespace {

// What a handler saw, one thing a line.
Response describe_request(const Request& request) {
  std::string text(method_name(request.method));
  text.append(" ").append(request.path).append("\n");
  for (const auto& [name, value] : request.query) {
    text.append("?").append(name).append("=").append(value).append("\n");
  }
  for (const auto& [name, value] : request.headers.fields()) {
    text.append(name).append(": ").append(value).append("\n");
  }
  text.append("from ").append(request.client_ip).append("\n").append(request.body);
  return {.status = 200, .content_type = "text/plain", .body = text};
}

}  // namespace

ServerTest::ServerTest() {
  for (const Method method : {Method::get, Method::post}) {
    router_.add({.method = method, .pattern = "/echo", .handler = describe_request});
  }
  router_.add({.method = Method::get, .pattern = "/empty", .handler = [](const Request&) {
                 return Response{.status = 204};
               }});
  router_.add({.method = Method::get, .pattern = "/wait", .handler = [this](const Request&) {
                 ++waits_;
                 gate_.pass();
                 return detail_response(200, "waited");
               }});
  router_.add(
      {.method = Method::get, .pattern = "/throw", .handler = [](const Request&) -> Response {
         throw std::runtime_error("a secret of the database");
       }});
}

ServerTest::~ServerTest() {
  gate_.open();
  stop();
}

void ServerTest::start(const ServerOptions& options, LoopHandler* first) {
  server_ = std::make_unique<Server>(options);
  port_ = server_->bind("127.0.0.1:0");
  thread_ = std::thread([this, first] { left_ = server_->run(dispatcher_, first); });
}

std::size_t ServerTest::stop() {
  if (thread_.joinable()) {
    server_->stop();
    thread_.join();
  }
  return left_;
}

RawClient::Answer ServerTest::ask(const std::string& request) const {
  RawClient one = client();
  one.send(request);
  return one.read_answer(request.starts_with("HEAD "));
}

std::string ServerTest::get(const std::string& target, const std::string& fields) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

}  // namespace latchkey::test
