#include "broker/commands/user_text.h"

#include <fmt/core.h>

#include "broker/device_name.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker::commands {
namespace {

std::string time_text(const std::optional<TimePoint>& time) { return time ? rfc3339(*time) : ""; }

// What is out of the ordinary.
std::string state_of(const sql::User& user) {
  std::string state;
  const auto add = [&](bool so, const std::string& word) {
    if (so) state.append(state.empty() ? "" : ", ") += word;
  };
  if (user.merged_into) return "part of " + std::to_string(*user.merged_into);
  add(user.disabled(), "disabled");
  add(!user.email_verified(), "unverified");
  add(user.is_superuser, "superuser");
  add(user.is_staff && !user.is_superuser, "staff");
  return state;
}

void print_fact(const char* name, const std::string& text) {
  if (!text.empty()) fmt::print("  {:<12}  {}\n", name, shown(text));
}

void print_facts(const admin::UserDetail& detail) {
  const sql::User& user = detail.user;
  fmt::print("User {}\n", user.id);
  print_fact("address", user.email);
  print_fact("verified", user.email_verified() ? time_text(user.email_verified_at) : "no");
  print_fact("name", user.name);
  print_fact("password", user.has_password() ? "yes" : "none");
  print_fact("rights", user.is_superuser ? "superuser" : user.is_staff ? "staff" : "");
  print_fact("created", rfc3339(user.created_at));
  print_fact("last login", user.last_login_at ? time_text(user.last_login_at) : "never");
  print_fact("disabled", time_text(user.disabled_at));
  if (user.merged_into) print_fact("part of", "user " + std::to_string(*user.merged_into));
}

void print_under(const char* title, Table& table) {
  fmt::print("\n{}\n", title);
  table.print();
}

void print_identities(const std::vector<sql::IdentityRow>& identities) {
  if (identities.empty()) return;
  Table table({"ID", "PROVIDER", "SUBJECT", "LINKED", "LAST USED", "ADDRESS"});
  for (const sql::IdentityRow& identity : identities) {
    table.add({std::to_string(identity.id), identity.provider, identity.subject,
               rfc3339(identity.linked_at), time_text(identity.last_used_at), identity.email});
  }
  print_under("Identities", table);
}

void print_preauthorised(const std::vector<sql::PreauthorisedIdentity>& allowed) {
  if (allowed.empty()) return;
  Table table({"PROVIDER", "EXPIRES", "ADDRESS"});
  for (const sql::PreauthorisedIdentity& one : allowed) {
    table.add({one.provider, rfc3339(one.expires_at), one.email});
  }
  print_under("Identities allowed beforehand", table);
}

void print_sessions(const std::vector<sql::SessionRow>& sessions) {
  if (sessions.empty()) return;
  Table table = session_table();
  for (const sql::SessionRow& session : sessions) add_session(table, session);
  print_under("Sessions", table);
}

void print_merges(const std::vector<sql::Merge>& merges) {
  if (merges.empty()) return;
  Table table({"MERGE", "FROM", "INTO", "MERGED", "UNDONE", "REASON"});
  for (const sql::Merge& merge : merges) {
    table.add({std::to_string(merge.id), std::to_string(merge.source_id),
               std::to_string(merge.target_id), rfc3339(merge.merged_at),
               time_text(merge.undone_at), merge.reason});
  }
  print_under("Merges", table);
}

void print_audit(const std::vector<sql::AuditEntry>& entries) {
  if (entries.empty()) return;
  Table table = audit_table();
  for (const sql::AuditEntry& entry : entries) add_entry(table, entry);
  print_under("Latest of the audit log", table);
}

}  // namespace

Table user_table() { return Table({"ID", "ADDRESS", "CREATED", "LAST LOGIN", "STATE", "NAME"}); }

void add_user(Table& table, const sql::User& user) {
  table.add({std::to_string(user.id), user.email, rfc3339(user.created_at),
             time_text(user.last_login_at), state_of(user), user.name});
}

Table session_table() {
  return Table({"ID", "SIGNED IN BY", "SIGNED IN", "LAST SEEN", "FROM", "DEVICE"});
}

void add_session(Table& table, const sql::SessionRow& session) {
  table.add({std::to_string(session.id), session.method, rfc3339(session.created_at),
             rfc3339(session.last_seen_at), session.ip, device_name(session.user_agent)});
}

Table audit_table() { return Table({"TIME", "ACTION", "USER", "BY", "REASON"}); }

void add_entry(Table& table, const sql::AuditEntry& entry) {
  const sql::AuditEvent& event = entry.event;
  table.add({rfc3339(event.at), event.action, event.user_id ? std::to_string(*event.user_id) : "",
             event.actor, event.reason});
}

void print_detail(const admin::UserDetail& detail, const std::vector<sql::Merge>& merges) {
  print_facts(detail);
  print_identities(detail.identities);
  print_preauthorised(detail.preauthorised);
  print_sessions(detail.sessions);
  print_merges(merges);
  print_audit(detail.audit);
}

}  // namespace latchkey::broker::commands
