#include "sql/connection.h"

#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/try.h"
#include "sql/failure.h"
#include "sql/wire.h"

namespace latchkey::sql {
namespace {

constexpr const char* kScript = "script";

// libpq's view of Parameters. It borrows them.
struct Arguments {
  explicit Arguments(const Parameters& parameters) {
    for (const auto& value : parameters.values()) {
      types.push_back(value.type);
      values.push_back(value.is_null ? nullptr : value.data.data());
      lengths.push_back(static_cast<int>(value.data.size()));
      formats.push_back(1);  // binary
    }
  }
  [[nodiscard]] int size() const { return static_cast<int>(values.size()); }

  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
};

// What the server says by itself: notices, and why it closes an idle connection.
void receive_notice(void* broken, const PGresult* notice) {
  const auto field = [notice](int code) {
    const char* text = PQresultErrorField(notice, code);
    return std::string_view(text == nullptr ? "" : text);
  };
  if (ends_connection(*notice)) *static_cast<bool*>(broken) = true;
  log::debug("store.notice", {{"severity", field(PG_DIAG_SEVERITY_NONLOCALIZED)},
                              {"sqlstate", field(PG_DIAG_SQLSTATE)},
                              {"message", field(PG_DIAG_MESSAGE_PRIMARY)}});
}

}  // namespace

struct Connection::Impl {
  ConnectionHandle handle;
  std::chrono::milliseconds statement_timeout;
  bool broken = false;
  std::unordered_map<std::string, const char*> prepared = {};  // text by name

  // Waits for what a PQsend… function has queued; `sent` is what it answered.
  Outcome<ResultHandle> finish(int sent, const char* name);
  // The failed result of preparing, else that of running.
  Outcome<ResultHandle> run(const Statement& statement, const Arguments& arguments);
  // Makes the next run() prepare it anew.
  Outcome<void> forget(const Statement& statement);
  Outcome<void> script(const char* sql);
  [[nodiscard]] bool in_transaction() const;
};

Outcome<ResultHandle> Connection::Impl::finish(int sent, const char* name) {
  if (broken || sent == 0) {
    broken = true;
    return tl::unexpected<Failure>(
        {.kind = FailureKind::connection,
         .detail = std::string(name) + ": " + connection_message(*handle)});
  }
  auto result = round_trip(*handle, statement_timeout, name);
  // 25006: the primary became a standby, and only a new connection finds the new primary.
  if (!result || PQstatus(handle.get()) != CONNECTION_OK || ends_connection(**result) ||
      sqlstate_of(**result) == "25006") {
    broken = true;
  }
  return result;
}

Outcome<ResultHandle> Connection::Impl::run(const Statement& statement,
                                            const Arguments& arguments) {
  const auto known = prepared.find(statement.name);
  if (known == prepared.end()) {
    auto result = finish(PQsendPrepare(handle.get(), statement.name, statement.text,
                                       arguments.size(), arguments.types.data()),
                         statement.name);
    if (!result || failed(**result)) return result;
    prepared.emplace(statement.name, statement.text);
  } else if (std::string_view(known->second) != statement.text) {
    throw std::logic_error(std::string("two statements are named ") + statement.name);
  }
  constexpr int kBinaryResults = 1;
  return finish(
      PQsendQueryPrepared(handle.get(), statement.name, arguments.size(), arguments.values.data(),
                          arguments.lengths.data(), arguments.formats.data(), kBinaryResults),
      statement.name);
}

Outcome<void> Connection::Impl::forget(const Statement& statement) {
  prepared.erase(statement.name);
  const std::string sql = std::string("DEALLOCATE \"") + statement.name + "\"";
  LATCHKEY_TRY(finish(PQsendQuery(handle.get(), sql.c_str()), statement.name));
  return {};  // that the server does not know it is just as well
}

Outcome<void> Connection::Impl::script(const char* sql) {
  LATCHKEY_TRY_ASSIGN(const ResultHandle result, finish(PQsendQuery(handle.get(), sql), kScript));
  if (failed(*result)) return tl::unexpected(failure_of(*result, kScript));
  return {};
}

bool Connection::Impl::in_transaction() const {
  switch (PQtransactionStatus(handle.get())) {
    case PQTRANS_ACTIVE:
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR:
      return true;
    default:
      return false;
  }
}

Outcome<std::unique_ptr<Connection>> Connection::open(const Secret& url, const Timeouts& timeouts) {
  LATCHKEY_TRY_ASSIGN(ConnectionHandle handle, connect(url, timeouts));
  auto impl = std::make_unique<Impl>(
      Impl{.handle = std::move(handle), .statement_timeout = timeouts.statement});
  PQsetNoticeReceiver(impl->handle.get(), receive_notice, &impl->broken);
  return std::unique_ptr<Connection>(new Connection(std::move(impl)));
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

Outcome<Rows> Connection::execute(const Statement& statement, const Parameters& parameters) {
  const Arguments arguments(parameters);
  const bool inside_transaction = in_transaction();
  auto result = impl_->run(statement, arguments);
  if (result && failed(**result) && is_stale_statement(**result)) {
    if (inside_transaction) {
      // The transaction is aborted, and a fresh connection knows no stale statements.
      impl_->broken = true;
      Failure failure = failure_of(**result, statement.name);
      failure.kind = FailureKind::connection;
      return tl::unexpected(std::move(failure));
    }
    LATCHKEY_TRY(impl_->forget(statement));
    result = impl_->run(statement, arguments);
  }
  if (!result) return tl::unexpected(result.error());
  if (failed(**result)) return tl::unexpected(failure_of(**result, statement.name));
  return Rows(std::move(*result));
}

Outcome<void> Connection::execute_script(const std::string& sql) {
  return impl_->script(sql.c_str());
}

Outcome<std::vector<std::string>> Connection::wait_for_notifications(
    std::chrono::milliseconds timeout) {
  std::vector<std::string> payloads = take_notifications(*impl_->handle);
  if (!payloads.empty()) return payloads;
  wait_until_readable(*impl_->handle, timeout);
  if (!usable()) {
    return tl::unexpected<Failure>(
        {.kind = FailureKind::connection,
         .detail = "waiting for notifications: " + connection_message(*impl_->handle)});
  }
  return take_notifications(*impl_->handle);
}

bool Connection::usable() {
  if (!impl_->broken && !read_unasked(*impl_->handle)) impl_->broken = true;
  return !impl_->broken;
}

bool Connection::in_transaction() const { return impl_->in_transaction(); }

bool Connection::transaction_failed() const {
  return PQtransactionStatus(impl_->handle.get()) == PQTRANS_INERROR;
}

Outcome<Transaction> Transaction::begin(Connection& connection) {
  if (connection.in_transaction()) throw std::logic_error("a transaction inside a transaction");
  LATCHKEY_TRY(connection.execute_script("BEGIN"));
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  if (connection_ == nullptr || !connection_->usable() || !connection_->in_transaction()) return;
  if (auto rolled_back = connection_->execute_script("ROLLBACK"); !rolled_back) {
    // The pool destroys a connection that is still in a transaction, which ends it as well.
    log::warn("store.rollback_failed", {{"detail", rolled_back.error().detail}});
  }
}

Outcome<void> Transaction::commit() {
  if (connection_ == nullptr) throw std::logic_error("a transaction committed twice");
  // PostgreSQL answers this COMMIT by rolling back, and calls it a success.
  if (connection_->transaction_failed()) {
    return tl::unexpected<Failure>(
        {.kind = FailureKind::other, .detail = "commit after a failed statement"});
  }
  return std::exchange(connection_, nullptr)->execute_script("COMMIT");
}

}  // namespace latchkey::sql
