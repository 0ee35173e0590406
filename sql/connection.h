// One libpq connection: named prepared statements, a deadline on every wait, and a Result for every
// fault, told apart by SQLSTATE in one place. Not thread-safe; the pool lends it to one thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "sql/value.h"

struct pg_conn;

namespace latchkey::sql {

// A statement has a name, lives in one place (the head of its store) and is prepared once per
// connection, on first use.
struct Statement {
  const char* name;
  const char* text;
};

// Why a statement failed. Everything but a conflict is store_unavailable to the visitor.
enum class FailureKind {
  unique_violation,       // 23505: somebody else was first; roll back and decide again
  serialization_failure,  // 40001, 40P01: the same
  connection,             // lost, refused, past its deadline, or the server is starting or stopping
  other,                  // a bug or a broken schema; logged in full
};

struct Failure {
  FailureKind kind;
  std::string detail;  // for the log: SQLSTATE, statement name, message; never parameter values
};

template <class T>
using Outcome = tl::expected<T, Failure>;

// Failure as the visitor meets it: store_unavailable, or internal_error for `other`.
Error to_error(const Failure& failure);

class Connection {
 public:
  // They hold with the server stopped (SIGSTOP) as well as gone.
  struct Timeouts {
    std::chrono::milliseconds connect{2000};
    std::chrono::milliseconds statement{5000};  // one round trip
  };
  static Outcome<std::unique_ptr<Connection>> open(const Secret& url, const Timeouts& timeouts);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Outcome<Rows> execute(const Statement& statement, const Parameters& parameters = {});
  // For a statement of a transaction whose result nobody waits for: it travels with the next
  // execute() or commit(), which fails as the first of them that failed does and then has done
  // nothing of its own. Outside a transaction it is execute().
  Outcome<void> execute_later(const Statement& statement, const Parameters& parameters = {});
  // Several commands without parameters, for migrations and transaction control.
  Outcome<void> execute_script(const std::string& sql);

  // Waits up to `timeout` for notifications on channels this connection LISTENs to, and answers
  // their payloads in order; none when the time has passed. A failure means that the connection is
  // lost, and with it notifications may have been missed.
  Outcome<std::vector<std::string>> wait_for_notifications(std::chrono::milliseconds timeout);

  // False after a lost connection or a missed deadline: the connection is then only good for
  // destruction. Also notices, without a round trip, that the server has closed it meanwhile.
  [[nodiscard]] bool usable();
  [[nodiscard]] bool in_transaction() const;

 private:
  friend class Transaction;
  // Drops what execute_later() holds back.
  void forget_later();
  // A statement has failed, and only ROLLBACK is accepted until the transaction ends.
  [[nodiscard]] bool transaction_failed() const;

  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// BEGIN travels with the first statement, COMMIT with those still held back by execute_later();
// ROLLBACK when it goes without a commit() that succeeded.
class Transaction {
 public:
  static Outcome<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // A failure of kind `other`, and no commit, when a statement of the transaction has failed.
  Outcome<void> commit();
  [[nodiscard]] Connection& connection() { return *connection_; }

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;  // null once committed or moved from
};

}  // namespace latchkey::sql
