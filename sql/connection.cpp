#include "sql/connection.h"

#include <optional>
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
constexpr Statement kBegin = {.name = "transaction.begin", .text = "BEGIN"};
constexpr Statement kCommit = {.name = "transaction.commit", .text = "COMMIT"};

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

  struct Call {
    Statement statement;
    Parameters parameters;
  };
  std::vector<Call> later = {};  // of a transaction, not sent yet

  // What a statement came to.
  struct Answer {
    ResultHandle result;
    const char* name;
  };
  struct Sent {
    Statement statement;
    bool prepares;
  };
  // Waits for what a PQsend… function has queued; `sent` is what it answered.
  Outcome<ResultHandle> finish(int sent, const char* name);
  // In one round trip, with those to prepare: the first that failed, else the last.
  Outcome<Answer> run(const std::vector<Call>& calls);
  // Puts them into the pipeline, and answers what the results will be of: a statement that is
  // prepared comes twice. Null when libpq refuses.
  std::optional<std::vector<Sent>> send(const std::vector<Call>& calls);
  const char* text_of(const char* name, const std::vector<Sent>& sent) const;
  Failure lost(const char* name);
  void note_end_of_connection(const PGresult& result);
  // Makes the next run() prepare it anew.
  Outcome<void> forget(const Statement& statement);
  Outcome<void> script(const char* sql);
  [[nodiscard]] bool in_transaction() const;
};

Failure Connection::Impl::lost(const char* name) {
  broken = true;
  return {.kind = FailureKind::connection,
          .detail = std::string(name) + ": " + connection_message(*handle)};
}

// 25006: the primary became a standby, and only a new connection finds the new primary.
void Connection::Impl::note_end_of_connection(const PGresult& result) {
  if (PQstatus(handle.get()) != CONNECTION_OK || ends_connection(result) ||
      sqlstate_of(result) == "25006") {
    broken = true;
  }
}

Outcome<ResultHandle> Connection::Impl::finish(int sent, const char* name) {
  if (broken || sent == 0) return tl::unexpected(lost(name));
  auto result = round_trip(*handle, statement_timeout, name);
  if (result) {
    note_end_of_connection(**result);
  } else {
    broken = true;
  }
  return result;
}

// Of the statement prepared under that name, or about to be; null when there is none.
const char* Connection::Impl::text_of(const char* name, const std::vector<Sent>& sent) const {
  if (const auto known = prepared.find(name); known != prepared.end()) return known->second;
  for (const Sent& earlier : sent) {
    if (std::string_view(earlier.statement.name) == name) return earlier.statement.text;
  }
  return nullptr;
}

std::optional<std::vector<Connection::Impl::Sent>> Connection::Impl::send(
    const std::vector<Call>& calls) {
  std::vector<Sent> sent;
  for (const auto& [statement, parameters] : calls) {
    const Arguments arguments(parameters);
    const char* known = text_of(statement.name, sent);
    if (known != nullptr && std::string_view(known) != statement.text) {
      broken = true;
      throw std::logic_error(std::string("two statements are named ") + statement.name);
    }
    if (known == nullptr) {
      sent.push_back({.statement = statement, .prepares = true});
      if (PQsendPrepare(handle.get(), statement.name, statement.text, arguments.size(),
                        arguments.types.data()) == 0) {
        return std::nullopt;
      }
    }
    constexpr int kBinaryResults = 1;
    sent.push_back({.statement = statement, .prepares = false});
    if (PQsendQueryPrepared(handle.get(), statement.name, arguments.size(), arguments.values.data(),
                            arguments.lengths.data(), arguments.formats.data(),
                            kBinaryResults) == 0) {
      return std::nullopt;
    }
  }
  return sent;
}

Outcome<Connection::Impl::Answer> Connection::Impl::run(const std::vector<Call>& calls) {
  const char* name = calls.back().statement.name;
  if (broken || PQenterPipelineMode(handle.get()) == 0) return tl::unexpected(lost(name));
  const auto sent = send(calls);
  if (!sent) return tl::unexpected(lost(name));
  auto results = pipeline_trip(*handle, statement_timeout, name);
  if (!results) {
    broken = true;
    return tl::unexpected(std::move(results).error());
  }
  if (results->empty() || results->size() > sent->size()) return tl::unexpected(lost(name));
  for (std::size_t i = 0; i < results->size(); ++i) {
    const auto& [statement, prepares] = (*sent)[i];
    if (failed(*(*results)[i])) {
      note_end_of_connection(*(*results)[i]);
      if (!broken && PQexitPipelineMode(handle.get()) == 0) broken = true;
      return Answer{.result = (*results)[i], .name = statement.name};
    }
    // Also when a later one fails and all is rolled back: the server keeps it.
    if (prepares) prepared.emplace(statement.name, statement.text);
  }
  if (results->size() < sent->size() || PQexitPipelineMode(handle.get()) == 0) {
    return tl::unexpected(lost(name));
  }
  return Answer{.result = results->back(), .name = name};
}

Outcome<void> Connection::Impl::forget(const Statement& statement) {
  prepared.erase(statement.name);
  const std::string sql = std::string("DEALLOCATE \"") + statement.name + "\"";
  LATCHKEY_TRY(finish(PQsendQuery(handle.get(), sql.c_str()), statement.name));
  return {};  // that the server does not know it is just as well
}

Outcome<void> Connection::Impl::script(const char* sql) {
  if (!later.empty()) {
    LATCHKEY_TRY_ASSIGN(const Answer answer, run(std::exchange(later, {})));
    if (failed(*answer.result)) return tl::unexpected(failure_of(*answer.result, answer.name));
  }
  LATCHKEY_TRY_ASSIGN(const ResultHandle result, finish(PQsendQuery(handle.get(), sql), kScript));
  if (failed(*result)) return tl::unexpected(failure_of(*result, kScript));
  return {};
}

bool Connection::Impl::in_transaction() const {
  if (!later.empty()) return true;
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
  const bool inside_transaction = in_transaction();
  impl_->later.push_back({.statement = statement, .parameters = parameters});
  const std::vector<Impl::Call> calls = std::exchange(impl_->later, {});
  LATCHKEY_TRY_ASSIGN(Impl::Answer answer, impl_->run(calls));
  if (failed(*answer.result) && is_stale_statement(*answer.result)) {
    if (inside_transaction) {
      // The transaction is aborted, and a fresh connection knows no stale statements.
      impl_->broken = true;
      Failure failure = failure_of(*answer.result, answer.name);
      failure.kind = FailureKind::connection;
      return tl::unexpected(std::move(failure));
    }
    LATCHKEY_TRY(impl_->forget(statement));
    LATCHKEY_TRY_ASSIGN(answer, impl_->run(calls));
  }
  if (failed(*answer.result)) return tl::unexpected(failure_of(*answer.result, answer.name));
  return Rows(std::move(answer.result));
}

Outcome<void> Connection::execute_later(const Statement& statement, const Parameters& parameters) {
  if (!in_transaction()) return execute(statement, parameters).map([](const Rows&) {});
  impl_->later.push_back({.statement = statement, .parameters = parameters});
  return {};
}

void Connection::forget_later() { impl_->later.clear(); }

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
  connection.impl_->later.push_back({.statement = kBegin, .parameters = {}});
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  if (connection_ == nullptr) return;
  connection_->forget_later();
  if (!connection_->usable() || !connection_->in_transaction()) return;
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
  LATCHKEY_TRY(connection_->execute(kCommit));
  connection_ = nullptr;
  return {};
}

}  // namespace latchkey::sql
