// Users, sessions and audit entries as the administration shows them, on the wire and, with --json,
// on the command line.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "broker/admin/user_detail.h"

namespace latchkey::broker::admin {

// A whole object: what GET /api/account/ says, and disabled, disabled_at, created_at,
// last_login_at, merged_into.
void write_listed_user(JsonWriter& json, const sql::User& user);
// Its members without the braces.
void write_user_members(JsonWriter& json, const sql::User& user);

void write_preauthorised(JsonWriter& json, const sql::PreauthorisedIdentity& preauthorised);
void write_session(JsonWriter& json, const sql::SessionRow& session);
void write_sessions(JsonWriter& json, const std::vector<sql::SessionRow>& sessions);
void write_entry(JsonWriter& json, const sql::AuditEntry& entry);
// What became of a mail, without a word of what it said.
void write_mail(JsonWriter& json, const sql::MailRow& mail);

std::string detail_json(const UserDetail& detail);

// What an administrator can change of a user, for before and after in the audit log.
std::string state_json(const sql::User& user);

}  // namespace latchkey::broker::admin
