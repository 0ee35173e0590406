// Providers that behave as a test tells them to: StubServer speaks HTTP and remembers what it was
// asked, RawServer writes whatever bytes it is given to whoever connects. Both listen on a loopback
// port of the system's choice.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <httplib.h>

namespace latchkey::test {

class StubServer {
 public:
  using Handler = std::function<void(const httplib::Request&, httplib::Response&)>;

  StubServer();
  // An https server, its certificate and key made by the caller.
  explicit StubServer(std::unique_ptr<httplib::Server> server);
  ~StubServer();

  [[nodiscard]] std::string url(const std::string& path = "") const;
  [[nodiscard]] int port() const { return port_; }

  // What GET and POST of that path answer from now on.
  void on(const std::string& path, Handler handler);
  void on_json(const std::string& path, const std::string& body, int status = 200);

  [[nodiscard]] int hits(const std::string& path) const;
  // The requests for that path, oldest first.
  [[nodiscard]] std::vector<httplib::Request> requests(const std::string& path) const;

 private:
  void answer(const httplib::Request& request, httplib::Response& response);

  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, Handler> handlers_;
  std::vector<httplib::Request> requests_;
  std::thread thread_;
};

class RawServer {
 public:
  enum class Then {
    close,           // after the answer
    drop_at_second,  // keep the connection, and close it without a word at the next request
  };
  // Reads the head of a request and writes `answer`.
  explicit RawServer(std::string answer, Then then = Then::close);
  // Lets everybody connect and never answers.
  struct Silent {};
  explicit RawServer(Silent);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] std::string url(const std::string& path = "/") const;
  [[nodiscard]] int requests() const { return requests_; }

 private:
  void listen();
  void accept_all();
  void serve(int connection);
  // Whether a whole head came.
  bool read_head(int connection);

  const std::string answer_;
  const Then then_ = Then::close;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_{0};
  std::thread thread_;
  // Of thread_ alone until it has ended.
  std::vector<int> connections_;
  std::vector<std::thread> serving_;
};

}  // namespace latchkey::test
