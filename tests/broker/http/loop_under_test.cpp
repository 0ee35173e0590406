#include "tests/broker/http/loop_under_test.h"

namespace latchkey::test {

using broker::http::IncomingRequest;
using broker::http::Ticket;

std::string plain_answer(std::string_view body, bool keep_alive) {
  std::string answer = "HTTP/1.1 200 OK\r\n";
  if (!keep_alive) answer += "Connection: close\r\n";
  answer += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return answer.append(body);
}

TalkingSink::Fate TalkingSink::take(const IncomingRequest& request, std::string& out) {
  const std::string target(request.head.target);
  std::string text = std::string(request.head.method) + " " + target;
  if (!request.body.empty()) text.append(" ").append(request.body);
  if (target == "/busy") {
    refuse(ErrorCode::server_busy, request.peer, out);
    return Fate::refused;
  }
  const std::lock_guard lock(mutex_);
  requests_.push_back(text);
  if (target.starts_with("/later")) {
    tickets_.push_back(request.ticket);
    changed_.notify_all();
    return Fate::later;
  }
  // "/now/12345" answers so many bytes.
  constexpr std::string_view kSized = "/now/";
  if (target.starts_with(kSized)) text.assign(std::stoul(target.substr(kSized.size())), 'x');
  out += plain_answer(request.head.method == "HEAD" ? "" : text, request.keep_alive);
  return Fate::answered;
}

void TalkingSink::refuse(ErrorCode fault, std::string_view /*peer*/, std::string& out) {
  const ErrorInfo& info = describe(fault);
  out += "HTTP/1.1 " + std::to_string(info.status) + " No\r\nConnection: close\r\n";
  out += "Content-Length: " + std::to_string(info.code.size()) + "\r\n\r\n";
  out += info.code;
}

Ticket TalkingSink::next_ticket() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return tickets_.size() > given_out_; });
  return tickets_[given_out_++];
}

std::vector<std::string> TalkingSink::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void TalkingSink::forget() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string>().swap(requests_);
}

LoopUnderTest::LoopUnderTest(const broker::http::LoopOptions& options, const std::string& listen)
    : listener_(listen), loop_(options, clock_), thread_([this] { loop_.run(listener_, sink); }) {}

LoopUnderTest::~LoopUnderTest() {
  stop();
  join();
}

void LoopUnderTest::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace latchkey::test
