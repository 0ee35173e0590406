#include "broker/http/connection.h"

#include <array>
#include <cerrno>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace latchkey::broker::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// How often one connection may read before the others have their turn.
constexpr int kReadsPerTurn = 4;
// Answers to pipelined requests leave together, up to about this much.
constexpr std::size_t kAnswersPerSend = std::size_t{32} * 1024;
// What a refused client may still send before we hang up on it.
constexpr std::size_t kMaxDiscarded = std::size_t{256} * 1024;
constexpr std::uint32_t kReadEvents = EPOLLIN | EPOLLRDHUP | EPOLLET;

void release(std::string& text) { std::string().swap(text); }

}  // namespace

Connection::Connection(LoopState& loop, int socket, std::string peer, Place place)
    : loop_(loop), socket_(socket), place_(place), peer_(std::move(peer)) {
  loop_.deadlines.set(*this, Deadline::idle, loop_.now);
}

Connection::~Connection() {
  loop_.mailbox.set_waiting(place_.slot, 0);
  loop_.buffered -= accounted_;
  ::close(socket_);
}

std::uint32_t Connection::watched_events() { return kReadEvents; }

bool Connection::on_events(std::uint32_t events) {
  // Reset, or closed on both sides: nobody reads an answer any more.
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return false;
  if ((events & EPOLLRDHUP) != 0) peer_done_ = true;
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) readable_ = true;
  if ((events & EPOLLOUT) != 0 && !flush()) return false;
  return proceed();
}

bool Connection::on_answer(std::string_view bytes, bool close) {
  restart_ = true;
  state_ = close || close_after_ || loop_.draining ? State::closing : State::idle;
  loop_.mailbox.set_waiting(place_.slot, 0);
  return send(bytes) && proceed();
}

bool Connection::on_deadline() {
  switch (kind()) {
    case Deadline::head:
    case Deadline::body:
      refuse(ErrorCode::request_timeout);
      release(input_);
      return deliver() && settle();
    case Deadline::write: {
      // Closing alone would leave the unread answer in the kernel for minutes.
      const linger reset{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      return false;
    }
    default:
      return false;
  }
}

bool Connection::on_drain() {
  if (state_ != State::idle) return true;
  // A request may lie in the kernel, sent before anybody knew.
  readable_ = true;
  return proceed();
}

bool Connection::wants_input() const {
  return output_.empty() &&
         (state_ == State::idle || state_ == State::reading_head || state_ == State::reading_body);
}

bool Connection::proceed() {
  if (state_ == State::lingering) return discard();
  for (int reads = 0; wants_input() && (unserved_ || readable_);) {
    if (unserved_) {
      input_.erase(0, serve(input_));
    } else if (reads++ == kReadsPerTurn) {
      loop_.again.push_back(place_.slot);
      break;
    } else {
      std::string_view bytes;
      const Received received = receive(bytes);
      if (received == Received::end) return false;
      if (received == Received::nothing) break;
      take_in(bytes);
    }
    if (!deliver()) return false;
  }
  return settle();
}

Connection::Received Connection::receive(std::string_view& bytes) {
  const ssize_t count = ::recv(socket_, loop_.input.get(), LoopState::kReadSize, MSG_DONTWAIT);
  if (count > 0) {
    const auto size = static_cast<std::size_t>(count);
    bytes = {loop_.input.get(), size};
    // Less than asked for: that was all. The end comes with an event of its own.
    if (size < LoopState::kReadSize && !peer_done_) readable_ = false;
    return Received::something;
  }
  readable_ = false;
  const bool nothing = count < 0 && (errno == EAGAIN || errno == EINTR);
  return nothing ? Received::nothing : Received::end;
}

// Bytes that came in one piece are served from where they were read; only a rest is kept.
void Connection::take_in(std::string_view bytes) {
  if (input_.empty()) {
    const std::size_t used = serve(bytes);
    input_ = bytes.substr(used);
    return;
  }
  input_ += bytes;
  // Without a line end the head cannot be whole now, so that a client that sends byte by byte does
  // not make us look at everything for each of them.
  const bool progress =
      state_ != State::reading_head || bytes.find('\n') != bytes.npos || input_.size() > kMaxHead;
  if (progress) input_.erase(0, serve(input_));
}

// Frames and serves the requests in `bytes` until one has to wait. Answers how many bytes that
// used.
std::size_t Connection::serve(std::string_view bytes) {
  std::size_t used = 0;
  unserved_ = false;
  while (used < bytes.size()) {
    const std::string_view rest = bytes.substr(used);
    if (state_ == State::reading_body && rest.size() < expected_) break;
    const Framing framing = frame(rest, loop_.head);
    if (framing.verdict == Framing::Verdict::incomplete) {
      state_ = State::reading_head;
      break;
    }
    if (framing.verdict == Framing::Verdict::refused) {
      refuse(framing.fault);
      return bytes.size();
    }
    const std::size_t size = loop_.head.size + loop_.head.content_length;
    if (rest.size() < size) {
      begin_body(rest);
      break;
    }
    used += size;
    const bool more = serve_one(rest.substr(0, size));
    if (state_ == State::closing && used < bytes.size()) {
      dropped_input_ = true;
      return bytes.size();
    }
    if (!more || loop_.out.size() > kAnswersPerSend) {
      unserved_ = used < bytes.size();
      break;
    }
  }
  return used;
}

// Answers whether the next request may be served at once.
bool Connection::serve_one(std::string_view request) {
  serial_ = ++loop_.last_serial;
  loop_.mailbox.set_waiting(place_.slot, serial_);
  restart_ = true;
  const bool keep_alive = loop_.head.keep_alive && !loop_.draining;
  const RequestSink::Fate fate =
      loop_.sink.take({.head = loop_.head,
                       .bytes = request,
                       .body = request.substr(loop_.head.size),
                       .peer = peer_,
                       .keep_alive = keep_alive,
                       .ticket = Ticket(loop_.mailbox, place_.slot, serial_)},
                      loop_.out);
  if (fate == RequestSink::Fate::later) {
    state_ = State::waiting;
    close_after_ = !keep_alive;
    return false;
  }
  const bool go_on = keep_alive && fate == RequestSink::Fate::answered;
  state_ = go_on ? State::idle : State::closing;
  return go_on;
}

// The head is good, the body is not all there.
void Connection::begin_body(std::string_view bytes) {
  state_ = State::reading_body;
  expected_ = static_cast<std::uint32_t>(loop_.head.size + loop_.head.content_length);
  const bool none_yet = bytes.size() == loop_.head.size;
  if (loop_.head.expects_continue && none_yet) loop_.out += kContinue;
}

void Connection::refuse(ErrorCode fault) {
  loop_.sink.refuse(fault, peer_, loop_.out);
  state_ = State::closing;
  dropped_input_ = true;
}

// Sends the answers of this turn. The buffer is everybody's: it is empty afterwards in any case.
bool Connection::deliver() {
  const bool sent = send(loop_.out);
  loop_.out.clear();
  return sent;
}

bool Connection::send(std::string_view bytes) {
  if (bytes.empty()) return true;
  if (output_.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (bytes.empty()) return true;
    watch_writability(true);
  }
  output_ += bytes;
  return true;
}

bool Connection::flush() {
  if (output_.empty()) return true;
  const std::string waiting = std::exchange(output_, {});
  if (!send(waiting)) return false;
  if (output_.empty()) watch_writability(false);
  return true;
}

void Connection::watch_writability(bool on) {
  epoll_event event{};
  event.events = on ? kReadEvents | EPOLLOUT : kReadEvents;
  event.data.u64 = std::uint64_t{place_.turn} << 32U | place_.slot;
  ::epoll_ctl(loop_.epoll, EPOLL_CTL_MOD, socket_, &event);
}

// The end of every turn: deadlines and memory follow the state.
bool Connection::settle() {
  if (state_ == State::closing && output_.empty()) return finish();
  if (loop_.draining && state_ == State::idle && output_.empty()) return false;
  const Deadline deadline = current_deadline();
  if (deadline != kind() || restart_) loop_.deadlines.set(*this, deadline, loop_.now);
  restart_ = false;
  account();
  return true;
}

Deadline Connection::current_deadline() const {
  static constexpr std::array<Deadline, 6> kOfState = {
      Deadline::idle, Deadline::head, Deadline::body,    // idle, reading_head, reading_body
      Deadline::none, Deadline::none, Deadline::linger,  // waiting, closing, lingering
  };
  return output_.empty() ? kOfState[static_cast<std::size_t>(state_)] : Deadline::write;
}

void Connection::account() {
  static const std::size_t kBuiltIn = std::string().capacity();
  if (input_.empty() && input_.capacity() > kBuiltIn) release(input_);
  const auto held =
      static_cast<std::uint32_t>(input_.capacity() + output_.capacity() - 2 * kBuiltIn);
  loop_.buffered += held;
  loop_.buffered -= accounted_;
  accounted_ = held;
}

// The last answer has left. Closing with unread input would reset the connection, and the client
// would lose the answer; so our side is shut down and what comes is thrown away for a while.
bool Connection::finish() {
  if (!dropped_input_ && !readable_ && input_.empty()) return false;
  release(input_);
  account();
  ::shutdown(socket_, SHUT_WR);
  state_ = State::lingering;
  loop_.deadlines.set(*this, Deadline::linger, loop_.now);
  readable_ = true;
  return discard();
}

bool Connection::discard() {
  for (int reads = 0; readable_; ++reads) {
    if (reads == kReadsPerTurn) {
      loop_.again.push_back(place_.slot);
      break;
    }
    std::string_view bytes;
    if (receive(bytes) == Received::end) return false;
    discarded_ += static_cast<std::uint32_t>(bytes.size());
    if (discarded_ > kMaxDiscarded) return false;
  }
  return true;
}

}  // namespace latchkey::broker::http
