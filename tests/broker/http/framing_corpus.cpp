#include "tests/broker/http/framing_corpus.h"

#include <random>
#include <span>
#include <string_view>

namespace latchkey::test {
namespace {

using namespace std::literals;

// The usual ones stand in front, where the choice falls more often.
constexpr std::string_view kMethods[] = {"GET",    "POST",    "HEAD",  "PUT", "PATCH",
                                         "DELETE", "OPTIONS", "TRACE", "get", "G(T"};
constexpr std::string_view kTargets[] = {"/",
                                         "/api/account/",
                                         "/auth/github/callback?code=a%2Fb&state=c",
                                         "/a?b=c?d=e&f=\"<>^`{|}\\",
                                         "*",
                                         "/%00%zz",
                                         "//x/../y;z",
                                         "http://localhost/",
                                         "/a#b",
                                         "/a b",
                                         "",
                                         "/\xc3\xa9"};
constexpr std::string_view kVersions[] = {"HTTP/1.1", "HTTP/1.1", "HTTP/1.1",  "HTTP/1.0",
                                          "HTTP/1.2", "http/1.1", "HTTP/1.1 ", "HTTP/2.0"};
constexpr std::string_view kLineEnds[] = {"\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r\r\n", "\n\r\n"};
constexpr std::string_view kFields[] = {
    "Accept: */*",
    "Cookie: sessionid=abc; csrftoken=def",
    "X-Tab:\tvalue\t \t",
    "Empty:",
    "X-Latin: caf\xe9",
    "Content-Type: application/json",
    "Connection: keep-alive",
    "Connection: close",
    "connection: X, Close ,y",
    "Connection: keep-alive, close",
    "Connection: upgrade",
    "Upgrade: websocket",
    "Upgrade: h2c",
    "Expect: 100-continue",
    "!#$%&'*+-.^_`|~: token",
    "X-Escape: %0d%0aX-Other: 1",
    "Keep-Alive: timeout=5",
    "TE: trailers",
    "Trailer: X-A",
    // Odd from here on.
    "Expect: 200-ok",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: identity",
    "transfer-encoding:\tchunked, gzip",
    "Transfer-Encoding : chunked",
    "Content-Length: 3",
    "Content-Length: +3",
    "Content-Length: 0x3",
    "Content-Length: 3, 3",
    "Content-Length: 99999999999999999999",
    "Content-Length : 3",
    "Content-Length: 3 3",
    " folded: line",
    "\tfolded line",
    "no colon",
    ": no name",
    "X y: space in the name",
    "X-Nul: a\0b"sv,
    "X-Cr: a\rb",
    "X-Vt: a\vb",
    "X-Del: a\x7f",
    "Host: second",
};
constexpr std::size_t kGoodFields = 19;

class Bender {
 public:
  explicit Bender(std::uint32_t seed) : engine_(seed) {}

  std::string request() {
    std::string text;
    text.append(pick(kMethods, 7)).append(" ");
    text.append(pick(kTargets, 4)).append(" ");
    text.append(pick(kVersions, 4)).append(line_end());
    if (!rarely(20)) text.append("Host: localhost:8080").append(line_end());
    for (std::size_t left = below(5); left > 0; --left) {
      text.append(pick(kFields, kGoodFields)).append(line_end());
    }
    const std::size_t body = rarely(2) ? below(20) : 0;
    const std::string_view zeros = rarely(10) ? "00" : "";
    if (body > 0) {
      text.append("Content-Length: ").append(zeros).append(std::to_string(body));
      text.append(line_end());
    }
    text.append(line_end()).append(body, 'b');
    if (rarely(3)) change_bytes(text);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  bool rarely(std::size_t one_in) { return below(one_in) == 0; }

  // One of the first `usual`, or now and then one of all.
  std::string_view pick(std::span<const std::string_view> from, std::size_t usual) {
    return from[below(rarely(12) ? from.size() : usual)];
  }
  std::string_view line_end() {
    return rarely(60) ? pick(kLineEnds, std::size(kLineEnds)) : "\r\n";
  }

  void change_bytes(std::string& text) {
    constexpr std::string_view kBytes = "\r\n\t :,;\0\x01\x7f\x80\xff#?/+-0aA"sv;
    for (std::size_t left = 1 + below(2); left > 0; --left) {
      const std::size_t at = below(text.size());
      const char byte = rarely(2) ? kBytes[below(kBytes.size())] : static_cast<char>(below(256));
      switch (below(4)) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.insert(at, 1, byte);
          break;
        case 2:
          if (text.size() > 1) text.erase(at, 1);
          break;
        default:
          text.insert(at, text.substr(below(text.size()), below(30)));
      }
    }
  }

  std::mt19937 engine_;  // its sequence is the same everywhere
};

}  // namespace

std::string bent_request(std::uint32_t seed) { return Bender(seed).request(); }

std::vector<std::string> bent_requests(std::uint32_t count) {
  std::vector<std::string> requests;
  for (std::uint32_t seed = 0; seed < count; ++seed) requests.push_back(bent_request(seed));
  return requests;
}

}  // namespace latchkey::test
