// A network that is one function, for tests of what happens behind the client.
#pragma once

#include <functional>
#include <vector>

#include "providers/http_client.h"

namespace latchkey::test {

class FakeHttp final : public providers::HttpClient {
 public:
  using Answer = tl::expected<providers::HttpResponse, providers::HttpError>;

  Answer send(const providers::HttpRequest& request) override {
    requests.push_back(request);
    return answer(request);
  }

  void responds(int status, std::string body) {
    answer = [status, body](const providers::HttpRequest&) {
      return providers::HttpResponse{.status = status, .body = body};
    };
  }
  void breaks(providers::HttpFault fault) {
    answer = [fault](const providers::HttpRequest&) -> Answer {
      return tl::unexpected(providers::HttpError{fault, "scripted"});
    };
  }

  std::function<Answer(const providers::HttpRequest&)> answer;
  std::vector<providers::HttpRequest> requests;
};

}  // namespace latchkey::test
