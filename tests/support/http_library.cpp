#include "tests/support/http_library.h"

#include <thread>

#include <httplib.h>

namespace latchkey::test {

void make_http_tables() {
  [[maybe_unused]] static const bool made = [] {
    httplib::Server server;
    const int port = server.bind_to_any_port("127.0.0.1");
    std::thread serving([&server] { server.listen_after_bind(); });
    httplib::Client("127.0.0.1", port).Get("/");
    server.stop();
    serving.join();
    return true;
  }();
}

}  // namespace latchkey::test
