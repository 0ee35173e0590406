// Users and what belongs to them as tables for people.
#pragma once

#include <vector>

#include "broker/admin/user_detail.h"
#include "broker/commands/terminal.h"
#include "sql/merges.h"

namespace latchkey::broker::commands {

Table user_table();
void add_user(Table& table, const sql::User& user);

Table session_table();
void add_session(Table& table, const sql::SessionRow& session);

Table audit_table();
void add_entry(Table& table, const sql::AuditEntry& entry);

void print_detail(const admin::UserDetail& detail, const std::vector<sql::Merge>& merges);

}  // namespace latchkey::broker::commands
