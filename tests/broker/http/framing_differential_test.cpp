// What framing accepts, another strict parser (Node's) accepts too, and reads the same: method,
// target, fields, where the body ends and where the next request begins. A request that two
// programs read differently is what smuggling needs.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/encoding.h"
#include "broker/http/framing.h"
#include "tests/broker/http/framing_corpus.h"

namespace latchkey::test {
namespace {

using broker::http::frame;
using broker::http::Framing;
using broker::http::RequestHead;

constexpr std::uint32_t kRequests = 20'000;
constexpr std::string_view kNext = "GET /next HTTP/1.1\r\nHost: b\r\n\r\n";

// As framing_differential.mjs tells it.
std::string story_of(const RequestHead& head) {
  std::string story = hex_encode(head.method) + " " + hex_encode(head.target) + " " +
                      std::to_string(head.content_length);
  for (const auto& field : head.fields()) {
    story += " " + hex_encode(field.name) + ":" + hex_encode(field.value);
  }
  return story;
}

struct Case {
  std::string bytes;
  std::string story;
};

// The requests that framing accepts, each with the body it announces and, on a connection that
// stays, another request behind it.
std::vector<Case> accepted_requests() {
  std::vector<Case> cases;
  RequestHead next;
  frame(kNext, next);
  for (std::string bytes : bent_requests(kRequests)) {
    RequestHead head;
    if (frame(bytes, head).verdict != Framing::Verdict::complete) continue;
    std::string story = story_of(head);
    const bool wants_upgrade = head.field("Upgrade").has_value();
    bytes.resize(head.size + head.content_length, 'b');
    // Node stops reading at a wish for another protocol; we never grant one and read on.
    if (head.keep_alive && !wants_upgrade) {
      bytes += kNext;
      story += "; " + story_of(next);
    }
    cases.push_back({.bytes = std::move(bytes), .story = std::move(story)});
  }
  return cases;
}

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "latchkey.XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::vector<std::string> read_by_node(const std::vector<Case>& cases) {
  const Folder folder;
  const std::string input = folder.file("requests");
  {
    std::ofstream out(input);
    for (const Case& one : cases) out << hex_encode(one.bytes) << "\n";
  }
  const std::string output = folder.file("stories");
  const std::string command =
      "node '" LATCHKEY_FRAMING_READER "' '" + input + "' > '" + output + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT(concurrency-mt-unsafe)
  std::vector<std::string> stories;
  std::ifstream in(output);
  for (std::string line; std::getline(in, line);) stories.push_back(line);
  return stories;
}

TEST(FramingDifferential, WhatIsAcceptedIsReadTheSameByNode) {
  const std::vector<Case> cases = accepted_requests();
  // Neither side of the decision may be empty, or this would show nothing.
  ASSERT_GT(cases.size(), kRequests / 4);
  ASSERT_LT(cases.size(), kRequests - kRequests / 4);
  const auto stories = read_by_node(cases);
  ASSERT_EQ(stories.size(), cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    ASSERT_EQ(stories[i], cases[i].story) << testing::PrintToString(cases[i].bytes);
  }
}

TEST(FramingDifferential, PiecesFrameLikeTheWhole) {
  RequestHead whole;
  RequestHead part;
  for (const std::string& bytes : bent_requests(2'000)) {
    const Framing expected = frame(bytes, whole);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const Framing framing = frame(std::string_view(bytes).substr(0, size), part);
      if (framing.verdict == Framing::Verdict::incomplete) continue;
      ASSERT_EQ(framing.verdict, expected.verdict) << testing::PrintToString(bytes);
      if (framing.verdict == Framing::Verdict::complete) {
        ASSERT_EQ(story_of(part), story_of(whole)) << testing::PrintToString(bytes);
        ASSERT_EQ(part.size, whole.size);
      } else {
        ASSERT_EQ(framing.fault, expected.fault) << testing::PrintToString(bytes);
      }
      break;
    }
  }
}

}  // namespace
}  // namespace latchkey::test
