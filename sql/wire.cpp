#include "sql/wire.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <string>
#include <utility>

#include <poll.h>

#include "sql/conninfo.h"
#include "sql/failure.h"

namespace latchkey::sql {
namespace {

using std::chrono::milliseconds;

tl::unexpected<Failure> connection_failure(std::string detail) {
  return tl::unexpected<Failure>({.kind = FailureKind::connection, .detail = std::move(detail)});
}

// The events that came, or 0 when the deadline did.
short wait(int socket, short events, const Deadline& deadline) {
  for (;;) {
    pollfd descriptor = {.fd = socket, .events = events, .revents = 0};
    const int ready = poll(&descriptor, 1, static_cast<int>(deadline.remaining().count()));
    if (ready > 0) return descriptor.revents;
    if (ready == 0) return 0;
    // Any other error is libpq's to find and to name.
    if (errno != EINTR) return events;
  }
}

Outcome<ConnectionHandle> connect_to_host(const ConnectionInfo& info, std::size_t host,
                                          milliseconds timeout) {
  const Deadline deadline(timeout);
  const auto arguments = info.arguments(host);
  ConnectionHandle connection(
      PQconnectStartParams(arguments.keywords.data(), arguments.values.data(), 0));
  if (!connection) throw std::bad_alloc();
  if (PQstatus(connection.get()) == CONNECTION_BAD) {
    return connection_failure(connection_message(*connection));
  }
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK) {
    if (status == PGRES_POLLING_FAILED) {
      return connection_failure(connection_message(*connection));
    }
    const short events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (wait(PQsocket(connection.get()), events, deadline) == 0) {
      return connection_failure("no connection within " + std::to_string(timeout.count()) + " ms");
    }
    status = PQconnectPoll(connection.get());
  }
  PQsetnonblocking(connection.get(), 1);
  return connection;
}

// True when all is sent; false when the connection is lost or the deadline is over.
bool flush(PGconn& connection, const Deadline& deadline) {
  for (;;) {
    const int left = PQflush(&connection);
    if (left == 0) return true;
    if (left < 0) return false;
    // The server may stop reading until we read, so both directions are watched.
    const short ready = wait(PQsocket(&connection), POLLIN | POLLOUT, deadline);
    if (ready == 0) return false;
    if ((ready & POLLIN) != 0 && PQconsumeInput(&connection) == 0) return false;
  }
}

bool wait_for_result(PGconn& connection, const Deadline& deadline) {
  while (PQisBusy(&connection) != 0) {
    if (wait(PQsocket(&connection), POLLIN, deadline) == 0) return false;
    if (PQconsumeInput(&connection) == 0) return false;
  }
  return true;
}

bool is_copy(const PGresult& result) {
  const ExecStatusType status = PQresultStatus(&result);
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

tl::unexpected<Failure> lost(const PGconn& connection, const Deadline& deadline,
                             milliseconds timeout, const char* statement) {
  const bool late = deadline.remaining().count() == 0;
  return connection_failure(std::string(statement) + ": " +
                            (late ? "no answer within " + std::to_string(timeout.count()) + " ms"
                                  : connection_message(connection)));
}

}  // namespace

milliseconds Deadline::remaining() const {
  const auto left = std::chrono::ceil<milliseconds>(at_ - std::chrono::steady_clock::now());
  return std::max(left, milliseconds(0));
}

Outcome<ConnectionHandle> connect(const Secret& url, const Connection::Timeouts& timeouts) {
  const auto info = ConnectionInfo::parse(url, timeouts.statement);
  if (!info) return connection_failure("database.url is not a libpq connection URI");
  const Deadline deadline(timeouts.connect);
  std::string reasons;
  for (std::size_t host = 0; host < info->hosts(); ++host) {
    const auto share = deadline.remaining() / static_cast<int>(info->hosts() - host);
    auto connection = connect_to_host(*info, host, share);
    if (connection) return connection;
    if (!reasons.empty()) reasons += "; ";
    reasons += connection.error().detail;
  }
  return connection_failure(std::move(reasons));
}

Outcome<ResultHandle> round_trip(PGconn& connection, milliseconds timeout, const char* statement) {
  const Deadline deadline(timeout);
  if (!flush(connection, deadline)) return lost(connection, deadline, timeout, statement);
  ResultHandle kept;
  for (;;) {
    if (!wait_for_result(connection, deadline)) {
      // A server that stops says why (57P01) before it closes.
      if (kept && ends_connection(*kept)) return kept;
      return lost(connection, deadline, timeout, statement);
    }
    ResultHandle result(PQgetResult(&connection), PQclear);
    if (!result) break;
    if (is_copy(*result)) return connection_failure(std::string(statement) + " is a COPY");
    if (!kept || !failed(*kept)) kept = std::move(result);
  }
  if (!kept) return lost(connection, deadline, timeout, statement);
  return kept;
}

Outcome<std::vector<ResultHandle>> pipeline_trip(PGconn& connection, milliseconds timeout,
                                                 const char* statement) {
  const Deadline deadline(timeout);
  if (PQpipelineSync(&connection) == 0 || !flush(connection, deadline)) {
    return lost(connection, deadline, timeout, statement);
  }
  std::vector<ResultHandle> results;
  bool between_statements = false;
  for (;;) {
    const bool readable = wait_for_result(connection, deadline);
    ResultHandle result(readable ? PQgetResult(&connection) : nullptr, PQclear);
    if (!result) {
      // Null ends the results of one statement; a second one in a row, those of the connection.
      if (readable && !std::exchange(between_statements, true)) continue;
      if (!results.empty() && ends_connection(*results.back())) return results;
      return lost(connection, deadline, timeout, statement);
    }
    between_statements = false;
    if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) return results;
    if (is_copy(*result)) return connection_failure(std::string(statement) + " is a COPY");
    results.push_back(std::move(result));
  }
}

bool read_unasked(PGconn& connection) {
  pollfd descriptor = {.fd = PQsocket(&connection), .events = POLLIN, .revents = 0};
  while (poll(&descriptor, 1, 0) > 0) {
    if (PQconsumeInput(&connection) == 0) return false;
    // Parses what came: a farewell (57P01) reaches the notice receiver here.
    PQisBusy(&connection);
  }
  return PQstatus(&connection) == CONNECTION_OK;
}

void wait_until_readable(PGconn& connection, milliseconds timeout) {
  wait(PQsocket(&connection), POLLIN, Deadline(timeout));
}

std::vector<std::string> take_notifications(PGconn& connection) {
  std::vector<std::string> payloads;
  while (PGnotify* notification = PQnotifies(&connection)) {
    payloads.emplace_back(notification->extra);
    PQfreemem(notification);
  }
  return payloads;
}

}  // namespace latchkey::sql
