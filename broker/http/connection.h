// One client's connection, as a state machine on the loop's thread. Requests are answered in the
// order in which they came, one at a time: the next one is framed when the one before has its
// answer, so bytes behind a refused request are never looked at.
//
//   state         it waits for                          deadline       and then
//   idle          the first byte of a request           idle           reading_head
//   reading_head  the end of the head                   head (408)     serve, reading_body, refuse
//   reading_body  the last byte of the body             body (408)     serve
//   waiting       the answer, through the ticket        none: who      idle or closing
//                                                       answers bounds
//                                                       its own work
//   closing       the last answer to leave              (write)        lingering or the end
//   lingering     the client to read it and close       linger         the end
//
//   serve   the sink answers at once (idle again) or later (waiting)
//   refuse  the answer of the fault is sent, the rest of the input is dropped (closing)
//
// When the client's window has no room for an answer, the rest of it is kept and the deadline is
// `write` until it has left; nothing is read meanwhile. The client may shut down its side after a
// request and still gets the answer; a connection that was reset is gone at once, and with it the
// wish for an answer (Ticket::abandoned).
//
// epoll tells of each change once (EPOLLET): `readable_` remembers that there may be more to read.
// A request that arrives in one piece costs one recv and one send, and no memory of its own. An
// idle connection holds no buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/http/deadlines.h"
#include "broker/http/framing.h"
#include "broker/http/loop_options.h"
#include "broker/http/mailbox.h"
#include "broker/http/request_sink.h"

namespace latchkey::broker::http {

// What the connections of one loop share. Only its thread touches it.
struct LoopState {
  static constexpr std::size_t kReadSize = std::size_t{32} * 1024;

  RequestSink& sink;
  Mailbox& mailbox;
  Deadlines& deadlines;
  const int epoll;
  MonotonicPoint now{};                // when the loop woke
  bool draining = false;               // every answer is its connection's last
  std::uint64_t last_serial = 0;       // of requests
  std::size_t buffered = 0;            // bytes that connections hold
  std::vector<std::uint32_t> again{};  // slots with more to read, which others go before
  RequestHead head{};                  // of the request at hand
  std::string out{};                   // answers of the turn at hand
  std::unique_ptr<char[]> input = std::make_unique<char[]>(kReadSize);  // bytes just read
};

class Connection : public DeadlineEntry {
 public:
  // Where it stands in the loop's table. The turn tells it from earlier users of the slot.
  struct Place {
    std::uint32_t slot;
    std::uint32_t turn;
  };
  // Takes over the non-blocking `socket`, which epoll watches with kEvents.
  Connection(LoopState& loop, int socket, std::string peer, Place place);
  ~Connection();

  static std::uint32_t watched_events();

  // Each answers whether the connection goes on; if not, its owner destroys it.
  [[nodiscard]] bool on_events(std::uint32_t events);
  [[nodiscard]] bool on_answer(std::string_view bytes, bool close);
  [[nodiscard]] bool on_deadline();
  // The server is stopping: only a connection with a request at hand stays.
  [[nodiscard]] bool on_drain();
  // More of what on_events() left.
  [[nodiscard]] bool proceed();

  [[nodiscard]] Place place() const { return place_; }
  [[nodiscard]] const std::string& peer() const { return peer_; }
  // Bytes of memory for unfinished requests and unread answers.
  [[nodiscard]] std::size_t held() const { return accounted_; }
  [[nodiscard]] bool waits_for(std::uint64_t serial) const {
    return state_ == State::waiting && serial_ == serial;
  }

 private:
  enum class State : std::uint8_t {
    idle,
    reading_head,
    reading_body,
    waiting,
    closing,
    lingering,
  };
  enum class Received : std::uint8_t { something, nothing, end };

  [[nodiscard]] bool wants_input() const;
  Received receive(std::string_view& bytes);
  void take_in(std::string_view bytes);
  std::size_t serve(std::string_view bytes);
  bool serve_one(std::string_view request);
  void begin_body(std::string_view bytes);
  void refuse(ErrorCode fault);

  bool deliver();
  bool send(std::string_view bytes);
  bool flush();
  void watch_writability(bool on);

  bool settle();
  bool finish();
  bool discard();
  [[nodiscard]] Deadline current_deadline() const;
  void account();

  LoopState& loop_;
  const int socket_;
  const Place place_;
  State state_ = State::idle;
  bool readable_ = false;       // there may be something to read
  bool peer_done_ = false;      // the client has shut down its side
  bool unserved_ = false;       // input_ may hold a whole request
  bool close_after_ = false;    // the answer waited for is the last one
  bool dropped_input_ = false;  // bytes of the client were not read as requests
  bool restart_ = false;        // an answer was given: the next deadline starts anew
  std::uint32_t expected_ = 0;  // bytes of the request whose body is being read
  std::uint32_t accounted_ = 0;
  std::uint32_t discarded_ = 0;
  std::uint64_t serial_ = 0;  // of the latest request
  std::string input_;         // the unserved rest of what was read; usually empty
  std::string output_;        // what the client's window had no room for; usually empty
  const std::string peer_;
};

}  // namespace latchkey::broker::http
