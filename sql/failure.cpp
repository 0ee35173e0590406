#include "sql/failure.h"

#include <cstdint>

namespace latchkey::sql {
namespace {

// The first `length` characters of a SQLSTATE as a number, for a switch.
constexpr std::uint64_t packed(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::string field(const PGresult& result, int code) {
  const char* text = PQresultErrorField(&result, code);
  return text == nullptr ? "" : text;
}

std::string on_one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

FailureKind classify(std::string_view sqlstate) {
  switch (packed(sqlstate)) {
    case packed("23505"):
      return FailureKind::unique_violation;
    case packed("40001"):  // serialization_failure
    case packed("40P01"):  // deadlock_detected
      return FailureKind::serialization_failure;
    case packed(""):       // libpq lost the server
    case packed("25006"):  // read_only_sql_transaction: a standby, or a primary that was demoted
    case packed("25P03"):  // idle_in_transaction_session_timeout
    case packed("57014"):  // query_canceled, by statement_timeout
    case packed("57P01"):  // admin_shutdown
    case packed("57P02"):  // crash_shutdown
    case packed("57P03"):  // cannot_connect_now
    case packed("57P04"):  // database_dropped
    case packed("57P05"):  // idle_session_timeout
      return FailureKind::connection;
    default:
      break;
  }
  switch (packed(sqlstate.substr(0, 2))) {
    case packed("08"):  // connection exception
    case packed("53"):  // insufficient resources: disk full, too many connections
      return FailureKind::connection;
    default:
      return FailureKind::other;
  }
}

std::string sqlstate_of(const PGresult& result) { return field(result, PG_DIAG_SQLSTATE); }

bool failed(const PGresult& result) {
  switch (PQresultStatus(&result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
      return false;
    default:
      return true;
  }
}

bool ends_connection(const PGresult& result) {
  const std::string severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity == "FATAL" || severity == "PANIC";
}

Failure failure_of(const PGresult& result, const char* statement) {
  const std::string sqlstate = sqlstate_of(result);
  std::string detail = sqlstate.empty() ? "no SQLSTATE" : sqlstate;
  detail.append(" in ").append(statement);
  // Messages of class 22 (data exception) quote the value itself, as in
  // `invalid input syntax for type inet: "..."`.
  if (!sqlstate.starts_with("22")) {
    const std::string primary = field(result, PG_DIAG_MESSAGE_PRIMARY);
    detail.append(": ").append(
        on_one_line(primary.empty() ? PQresultErrorMessage(&result) : primary));
  }
  const std::string constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  if (!constraint.empty()) detail.append(" [").append(constraint).append("]");
  return {.kind = classify(sqlstate), .detail = std::move(detail)};
}

bool is_stale_statement(const PGresult& result) {
  const std::string sqlstate = sqlstate_of(result);
  if (sqlstate == "26000") return true;  // invalid_sql_statement_name
  // "cached plan must not change result type" shares its SQLSTATE with every feature PostgreSQL
  // does not support; only the function that raises it tells them apart.
  return sqlstate == "0A000" && field(result, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery";
}

std::string connection_message(const PGconn& connection) {
  return on_one_line(PQerrorMessage(&connection));
}

Error to_error(const Failure& failure) {
  const ErrorCode code =
      failure.kind == FailureKind::other ? ErrorCode::internal_error : ErrorCode::store_unavailable;
  return {.code = code, .detail = failure.detail};
}

}  // namespace latchkey::sql
