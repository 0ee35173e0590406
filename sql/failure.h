// From PostgreSQL's SQLSTATE to FailureKind, in one switch, and into a line for the log. Internal
// to this room.
#pragma once

#include <string>
#include <string_view>

#include <libpq-fe.h>

#include "sql/connection.h"

namespace latchkey::sql {

// `sqlstate` as PostgreSQL gives it (its manual's appendix A), or empty when libpq itself gave up.
FailureKind classify(std::string_view sqlstate);

std::string sqlstate_of(const PGresult& result);  // empty when there is none
bool failed(const PGresult& result);
// Whether the server closes the connection after saying this.
bool ends_connection(const PGresult& result);

// Why `result` failed. The detail holds no parameter value.
Failure failure_of(const PGresult& result, const char* statement);

// Whether a prepared statement failed only because the server no longer has it (DISCARD) or the
// schema has changed under it.
bool is_stale_statement(const PGresult& result);

// libpq's own message about the connection, on one line.
std::string connection_message(const PGconn& connection);

}  // namespace latchkey::sql
