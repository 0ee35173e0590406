// Waiting for libpq with a deadline. Everything here uses its non-blocking calls, so a server that
// hangs (SIGSTOP, a dropped network) costs the deadline and no more. Internal to this room.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "base/secret.h"
#include "sql/connection.h"

namespace latchkey::sql {

class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds in) : at_(std::chrono::steady_clock::now() + in) {}
  [[nodiscard]] std::chrono::milliseconds remaining() const;  // never negative

 private:
  std::chrono::steady_clock::time_point at_;
};

// PQfinish sends its farewell only on a non-blocking socket here, so closing does not block either.
struct FinishConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using ConnectionHandle = std::unique_ptr<PGconn, FinishConnection>;
using ResultHandle = std::shared_ptr<PGresult>;

// Every failure is of kind `connection`. Host names are resolved by libpq with the system's
// resolver, which keeps its own time-outs.
Outcome<ConnectionHandle> connect(const Secret& url, const Connection::Timeouts& timeouts);

// Sends what PQsend… has queued and waits for all its results: the first that failed, else the
// last. A failure here means that the connection is lost or past its deadline.
Outcome<ResultHandle> round_trip(PGconn& connection, std::chrono::milliseconds timeout,
                                 const char* statement);

// Ends the pipeline that PQsend… has filled, and waits for all its results, in order; after the
// first that failed the others are PGRES_PIPELINE_ABORTED. A failure here means the same as above.
Outcome<std::vector<ResultHandle>> pipeline_trip(PGconn& connection,
                                                 std::chrono::milliseconds timeout,
                                                 const char* statement);

// Reads what the server sent by itself, without waiting. False when it has closed the connection.
bool read_unasked(PGconn& connection);

// Waits until the server has sent something or has closed the connection, or the time has passed.
void wait_until_readable(PGconn& connection, std::chrono::milliseconds timeout);
// Payloads of the notifications read so far, in order.
std::vector<std::string> take_notifications(PGconn& connection);

}  // namespace latchkey::sql
