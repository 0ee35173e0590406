#include "broker/http/connection_loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

namespace latchkey::broker::http {
namespace {

// What epoll calls the descriptors that are no connections; slots are smaller.
constexpr std::uint64_t kListenerKey = UINT64_MAX;
constexpr std::uint64_t kMailboxKey = UINT64_MAX - 1;
constexpr std::size_t kEventsPerTurn = 512;
constexpr int kAcceptsPerTurn = 128;
// Without a free descriptor the listener would report for ever; it is left alone for so long.
constexpr std::chrono::milliseconds kAcceptPause{100};

std::uint64_t key_of(Connection::Place place) {
  return std::uint64_t{place.turn} << 32U | place.slot;
}

Deadlines::Lengths lengths_of(const LoopOptions& options) {
  Deadlines::Lengths lengths{};
  const auto set = [&](Deadline kind, std::chrono::milliseconds length) {
    lengths[static_cast<std::size_t>(kind)] = length;
  };
  set(Deadline::idle, options.idle_time);
  set(Deadline::head, options.head_time);
  set(Deadline::body, options.body_time);
  set(Deadline::write, options.write_time);
  set(Deadline::linger, options.linger_time);
  return lengths;
}

class Epoll {
 public:
  Epoll() : descriptor_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  }
  ~Epoll() { ::close(descriptor_); }
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool add(int descriptor, std::uint32_t events, std::uint64_t key) const {
    return control(EPOLL_CTL_ADD, descriptor, events, key);
  }
  [[nodiscard]] bool control(int what, int descriptor, std::uint32_t events,
                             std::uint64_t key) const {
    epoll_event event{};
    event.events = events;
    event.data.u64 = key;
    return ::epoll_ctl(descriptor_, what, descriptor, &event) == 0;
  }

 private:
  int descriptor_;
};

}  // namespace

class ConnectionLoop::Run {
 public:
  Run(ConnectionLoop& owner, Listener& listener, RequestSink& sink)
      : owner_(owner),
        listener_(listener),
        deadlines_(lengths_of(owner.options_)),
        state_{.sink = sink,
               .mailbox = owner.mailbox_,
               .deadlines = deadlines_,
               .epoll = epoll_.descriptor()} {
    state_.out.reserve(2 * LoopState::kReadSize);
    if (!epoll_.add(owner.mailbox_.descriptor(), EPOLLIN, kMailboxKey) ||
        !epoll_.add(listener.descriptor(), EPOLLIN, kListenerKey)) {
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
  }

  // Answers when the drain time is over.
  MonotonicPoint operator()() {
    while (!finished()) {
      const int count =
          ::epoll_wait(state_.epoll, events_.data(), static_cast<int>(events_.size()), patience());
      state_.now = owner_.clock_.monotonic();
      for (int i = 0; i < count; ++i) dispatch(events_[static_cast<std::size_t>(i)]);
      go_on_reading();
      expire();
      state_.sink.turn_ended();
      if (owner_.stopping() && !state_.draining) begin_drain();
    }
    return *drain_until_;
  }

 private:
  struct Seat {
    std::unique_ptr<Connection> connection;
    std::uint32_t turn = 0;
  };

  void dispatch(const epoll_event& event) {
    if (event.data.u64 == kListenerKey) return accept_some();
    if (event.data.u64 == kMailboxKey) return hand_out_answers();
    // An event may be older than the connection that has the slot now.
    Connection* connection = seated(static_cast<std::uint32_t>(event.data.u64));
    if (connection == nullptr || key_of(connection->place()) != event.data.u64) return;
    if (!connection->on_events(event.events)) remove(*connection);
    relieve();
  }

  Connection* seated(std::uint32_t slot) {
    return slot < seats_.size() ? seats_[slot].connection.get() : nullptr;
  }

  void accept_some() {
    for (int i = 0; i < kAcceptsPerTurn && listener_.descriptor() >= 0; ++i) {
      Listener::Accepted accepted = listener_.accept();
      if (accepted.socket >= 0) {
        admit(std::move(accepted));
      } else if (accepted.error == EAGAIN) {
        return;
      } else if (out_of_resources(accepted.error) && !evict_idle()) {
        return pause_accepting(accepted.error);
      }
      // Anything else concerns one client that has gone already.
    }
  }

  static bool out_of_resources(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
  }

  // A full house makes room by ending the connection that has been idle for longest; clients are
  // prepared for that (RFC 9112 section 9.5).
  bool evict_idle() {
    DeadlineEntry* oldest = deadlines_.oldest(Deadline::idle);
    if (oldest == nullptr) return false;
    remove(static_cast<Connection&>(*oldest));
    return true;
  }

  void admit(Listener::Accepted accepted) {
    if (connections_ >= owner_.options_.max_connections && !evict_idle()) {
      return turn_away(accepted.socket, accepted.peer);
    }
    const std::uint32_t slot = take_slot();
    Seat& seat = seats_[slot];
    seat.connection =
        std::make_unique<Connection>(state_, accepted.socket, std::move(accepted.peer),
                                     Connection::Place{.slot = slot, .turn = ++seat.turn});
    ++connections_;
    if (!epoll_.add(accepted.socket, Connection::watched_events(),
                    key_of(seat.connection->place()))) {
      remove(*seat.connection);
    }
  }

  void turn_away(int socket, std::string_view peer) {
    state_.sink.refuse(ErrorCode::server_busy, peer, state_.out);
    ::send(socket, state_.out.data(), state_.out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    state_.out.clear();
    ::close(socket);
  }

  std::uint32_t take_slot() {
    if (free_.empty()) {
      seats_.emplace_back();
      return static_cast<std::uint32_t>(seats_.size() - 1);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }

  void remove(const Connection& connection) {
    const std::uint32_t slot = connection.place().slot;
    seats_[slot].connection.reset();
    free_.push_back(slot);
    --connections_;
  }

  // When all together hold too much, those that hold most are ended: a flood pays for itself, and a
  // client that happens to come in the middle of it does not. Looking at everybody is rare enough:
  // each time it frees as much as it takes many reads to fill again.
  void relieve() {
    while (state_.buffered > owner_.options_.max_buffered) {
      const auto greediest =
          std::max_element(seats_.begin(), seats_.end(),
                           [](const Seat& a, const Seat& b) { return held_by(a) < held_by(b); });
      log::warn("http.connection_dropped",
                {{"held", static_cast<std::int64_t>(held_by(*greediest))},
                 {"peer", greediest->connection->peer()}});
      remove(*greediest->connection);
    }
  }

  static std::size_t held_by(const Seat& seat) {
    return seat.connection ? seat.connection->held() : 0;
  }

  void pause_accepting(int error) {
    log::warn("http.accept_paused", {{"errno", error}});
    accept_again_ = state_.now + kAcceptPause;
    watch_listener(0);
  }

  void watch_listener(std::uint32_t events) {
    [[maybe_unused]] const bool done =
        epoll_.control(EPOLL_CTL_MOD, listener_.descriptor(), events, kListenerKey);
  }

  void hand_out_answers() {
    owner_.mailbox_.collect(letters_);
    for (const Mailbox::Letter& letter : letters_) {
      Connection* connection = seated(letter.slot);
      if (connection == nullptr || !connection->waits_for(letter.serial)) continue;
      if (!connection->on_answer(letter.bytes, letter.close)) remove(*connection);
      relieve();
    }
    letters_.clear();
  }

  void go_on_reading() {
    if (state_.again.empty()) return;
    continued_.swap(state_.again);
    for (const std::uint32_t slot : continued_) {
      Connection* connection = seated(slot);
      if (connection != nullptr && !connection->proceed()) remove(*connection);
      relieve();
    }
    continued_.clear();
  }

  void expire() {
    while (DeadlineEntry* entry = deadlines_.expired(state_.now)) {
      auto& connection = static_cast<Connection&>(*entry);
      if (!connection.on_deadline()) remove(connection);
    }
    if (accept_again_ && *accept_again_ <= state_.now) {
      accept_again_.reset();
      if (listener_.descriptor() >= 0) watch_listener(EPOLLIN);
    }
  }

  // Clients that stand in the backlog have been promised an answer: they come in first.
  void begin_drain() {
    accept_some();
    listener_.close();
    state_.draining = true;
    drain_until_ = state_.now + owner_.options_.drain_time;
    for (const Seat& seat : seats_) {
      if (seat.connection && !seat.connection->on_drain()) remove(*seat.connection);
    }
  }

  [[nodiscard]] bool finished() const {
    return state_.draining && (connections_ == 0 || state_.now >= *drain_until_);
  }

  // Milliseconds until something has to be done, for epoll_wait; -1: no such thing.
  [[nodiscard]] int patience() const {
    if (!state_.again.empty() || (owner_.stopping() && !state_.draining)) return 0;
    std::optional<MonotonicPoint> next = deadlines_.next();
    for (const auto& other : {accept_again_, drain_until_}) {
      if (other) next = next ? std::min(*next, *other) : other;
    }
    if (!next) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*next - owner_.clock_.monotonic());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
  }

  ConnectionLoop& owner_;
  Listener& listener_;
  Epoll epoll_;
  Deadlines deadlines_;  // before the connections that stand in it
  LoopState state_;
  std::vector<Seat> seats_;
  std::vector<std::uint32_t> free_;  // slots
  std::size_t connections_ = 0;
  std::optional<MonotonicPoint> accept_again_;
  std::optional<MonotonicPoint> drain_until_;
  std::vector<Mailbox::Letter> letters_;
  std::vector<std::uint32_t> continued_;
  std::array<epoll_event, kEventsPerTurn> events_{};
};

ConnectionLoop::ConnectionLoop(const LoopOptions& options, const Clock& clock)
    : options_(options), clock_(clock), mailbox_(options.max_connections) {}

ConnectionLoop::~ConnectionLoop() = default;

MonotonicPoint ConnectionLoop::run(Listener& listener, RequestSink& sink) {
  return Run(*this, listener, sink)();
}

void ConnectionLoop::stop() {
  stopping_ = true;
  mailbox_.wake();
}

}  // namespace latchkey::broker::http
