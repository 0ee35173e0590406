#include "broker/http/listener.h"

#include <filesystem>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/broker/http/loop_under_test.h"

namespace latchkey::test {
namespace {

using broker::http::Listener;

constexpr const char* kGet = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n";

class UnixListener : public testing::Test {
 protected:
  UnixListener() {
    std::string pattern = (std::filesystem::temp_directory_path() / "latchkey.XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    path_ = (folder_ / "socket").string();
  }
  ~UnixListener() override { std::filesystem::remove_all(folder_); }

  // A socket file whose owner has gone without removing it.
  void leave_stale_socket() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(socket);
  }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(UnixListener, ServesAndCleansUp) {
  {
    const LoopUnderTest loop({}, "unix:" + path_);
    RawClient client(path_);
    client.send(kGet);
    EXPECT_EQ(client.read_answer().body, "GET /now");
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixListener, HalfClosedClientGetsItsAnswer) {
  LoopUnderTest loop({}, "unix:" + path_);
  RawClient client(path_);
  client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  client.shut_down_sending();
  loop.sink.next_ticket().answer(plain_answer("late"));
  EXPECT_EQ(client.read_answer().body, "late");
  EXPECT_TRUE(client.at_end());
}

TEST_F(UnixListener, HasTheModeItWasGiven) {
  const Listener listener("unix:" + path_, 0600);
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(UnixListener, StaleSocketIsReplaced) {
  leave_stale_socket();
  const LoopUnderTest loop({}, "unix:" + path_);
  RawClient client(path_);
  client.send(kGet);
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST_F(UnixListener, LiveSocketOfAnotherIsLeftAlone) {
  const LoopUnderTest loop({}, "unix:" + path_);
  EXPECT_THROW(Listener("unix:" + path_), std::runtime_error);
  RawClient client(path_);
  client.send(kGet);
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST_F(UnixListener, FileThatIsNoSocketIsLeftAlone) {
  const auto file = folder_ / "socket";
  { const std::unique_ptr<FILE, int (*)(FILE*)> made(std::fopen(file.c_str(), "w"), &std::fclose); }
  EXPECT_THROW(Listener("unix:" + path_), std::runtime_error);
  EXPECT_TRUE(std::filesystem::is_regular_file(file));
}

TEST_F(UnixListener, PathTooLongIsRefused) {
  EXPECT_THROW(Listener("unix:" + std::string(200, 'a')), std::runtime_error);
}

TEST(TcpListener, TakesThePortItIsGiven) {
  const Listener any("127.0.0.1:0");
  EXPECT_GT(any.port(), 0);
  EXPECT_THROW(Listener("127.0.0.1:" + std::to_string(any.port())), std::runtime_error);
}

TEST(TcpListener, RefusesWhatIsNoAddress) {
  for (const char* listen : {"", "8080", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999", "[::1"}) {
    EXPECT_THROW(Listener{listen}, std::runtime_error) << listen;
  }
}

TEST(TcpListener, PeersAreTextInTheirOwnNotation) {
  const Listener v4("127.0.0.1:0");
  const RawClient client(v4.port());
  Listener::Accepted accepted = v4.accept();
  while (accepted.socket < 0) accepted = v4.accept();
  EXPECT_EQ(accepted.peer, "127.0.0.1");
  ::close(accepted.socket);
}

}  // namespace
}  // namespace latchkey::test
