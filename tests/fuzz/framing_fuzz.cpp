// Throws bytes at the framing of requests and checks what must hold for any of them. How to run it
// is in CMakeLists.txt.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

#include "broker/http/framing.h"
#include "tests/broker/http/framing_corpus.h"

// libFuzzer's own mutations.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using latchkey::broker::http::frame;
using latchkey::broker::http::Framing;
using latchkey::broker::http::HeaderField;
using latchkey::broker::http::kMaxBody;
using latchkey::broker::http::kMaxHead;
using latchkey::broker::http::RequestHead;
using Verdict = Framing::Verdict;

void require(bool holds, const char* what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << "\n";
  std::abort();
}

bool lies_in(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

bool same_meaning(const RequestHead& a, const RequestHead& b) {
  return a.method == b.method && a.target == b.target && a.content_length == b.content_length &&
         a.http_1_0 == b.http_1_0 && a.keep_alive == b.keep_alive &&
         a.expects_continue == b.expects_continue &&
         std::equal(a.fields().begin(), a.fields().end(), b.fields().begin(), b.fields().end(),
                    [](const HeaderField& x, const HeaderField& y) {
                      return x.name == y.name && x.value == y.value;
                    });
}

// The head as another program would write it down.
std::string written(const RequestHead& head) {
  std::string text(head.method);
  text.append(" ").append(head.target).append(head.http_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
  for (const HeaderField& field : head.fields()) {
    text.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return text + "\r\n";
}

void check_complete(std::string_view input, const RequestHead& head) {
  const std::string_view bytes = input.substr(0, head.size);
  require(head.size <= std::min(input.size(), kMaxHead), "the head is part of the input");
  require(bytes.ends_with("\r\n\r\n"), "the head ends with an empty line");
  require(head.content_length <= kMaxBody, "the body is bounded");
  require(lies_in(head.method, bytes) && lies_in(head.target, bytes), "views point into the head");
  require(is_clean(head.method) && is_clean(head.target), "no control bytes in the request line");
  for (const HeaderField& field : head.fields()) {
    require(lies_in(field.name, bytes) && lies_in(field.value, bytes), "fields are of the head");
    require(is_clean(field.name) && is_clean(field.value), "no control bytes in fields");
  }
  static RequestHead again;
  require(frame(bytes, again).verdict == Verdict::complete && same_meaning(head, again),
          "what follows the head changes nothing");
  require(frame(bytes.substr(0, bytes.size() - 1), again).verdict == Verdict::incomplete,
          "a head without its last byte is incomplete");
  const std::string copy = written(head);
  if (copy.size() > kMaxHead) return;  // spaces may have been added
  const Framing framing = frame(copy, again);
  require(framing.verdict == Verdict::complete && same_meaning(head, again),
          "it means the same when it is written down again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static RequestHead head;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const Framing framing = frame(input, head);
  switch (framing.verdict) {
    case Verdict::complete:
      check_complete(input, head);
      break;
    case Verdict::incomplete:
      require(input.size() <= kMaxHead, "an endless head is refused");
      break;
    case Verdict::refused: {
      const Framing longer = frame(std::string(input) + "\r\n\r\n", head);
      require(longer.verdict == Verdict::refused && longer.fault == framing.fault,
              "more bytes do not mend a request");
      break;
    }
  }
  return 0;
}

// One input in eight is a request that nearly is one, which chance would take long to find.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned int seed) {
  if (seed % 8 != 0) return LLVMFuzzerMutate(data, size, max_size);
  const std::string request = latchkey::test::bent_request(seed);
  const std::size_t count = std::min(request.size(), max_size);
  std::memcpy(data, request.data(), count);
  return count;
}
