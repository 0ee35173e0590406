#include "broker/admin/user_json.h"

#include "broker/visitor_answers.h"

namespace latchkey::broker::admin {
namespace {

void write_time(JsonWriter& json, std::string_view name, const std::optional<TimePoint>& time) {
  json.key(name);
  time ? json.value(rfc3339(*time)) : json.null();
}

std::string_view name_of(sql::MailState state) {
  switch (state) {
    case sql::MailState::waiting:
      return "waiting";
    case sql::MailState::sent:
      return "sent";
    case sql::MailState::failed:
      return "failed";
  }
  return "";
}

}  // namespace

void write_user_members(JsonWriter& json, const sql::User& user) {
  write_user(json, user);
  json.field("disabled", user.disabled());
  write_time(json, "disabled_at", user.disabled_at);
  write_time(json, "created_at", user.created_at);
  write_time(json, "last_login_at", user.last_login_at);
  json.field("merged_into", user.merged_into);
}

void write_listed_user(JsonWriter& json, const sql::User& user) {
  json.begin_object();
  write_user_members(json, user);
  json.end_object();
}

void write_preauthorised(JsonWriter& json, const sql::PreauthorisedIdentity& preauthorised) {
  json.begin_object()
      .field("id", preauthorised.id)
      .field("user_id", preauthorised.user_id)
      .field("provider", preauthorised.provider)
      .field("email", preauthorised.email)
      .field("expires_at", rfc3339(preauthorised.expires_at))
      .end_object();
}

void write_session(JsonWriter& json, const sql::SessionRow& session) {
  json.begin_object()
      .field("id", session.id)
      .field("created_at", rfc3339(session.created_at))
      .field("last_seen_at", rfc3339(session.last_seen_at))
      .field("expires_at", rfc3339(session.expires_at))
      .field("method", session.method)
      .field("remember", session.remember)
      .field("ip", session.ip)
      .field("user_agent", session.user_agent)
      .end_object();
}

void write_sessions(JsonWriter& json, const std::vector<sql::SessionRow>& sessions) {
  json.begin_array();
  for (const sql::SessionRow& session : sessions) write_session(json, session);
  json.end_array();
}

void write_entry(JsonWriter& json, const sql::AuditEntry& entry) {
  const sql::AuditEvent& event = entry.event;
  json.begin_object()
      .field("id", entry.id)
      .field("at", rfc3339(event.at))
      .field("action", event.action)
      .field("user_id", event.user_id)
      .field("actor_id", event.actor_id)
      .field("actor", event.actor)
      .field("provider", event.provider)
      .field("subject", event.subject)
      .field("reason", event.reason)
      .field("ip", event.ip)
      .field("request_id", event.request_id)
      .key("details");
  event.details.empty() ? json.null() : json.raw(event.details);
  json.end_object();
}

void write_mail(JsonWriter& json, const sql::MailRow& mail) {
  json.begin_object()
      .field("id", mail.id)
      .field("kind", mail.kind)
      .field("recipient", mail.recipient)
      .field("state", name_of(mail.state()))
      .field("created_at", rfc3339(mail.created_at));
  write_time(json, "sent_at", mail.sent_at);
  json.field("attempts", mail.attempts).key("last_error");
  mail.last_error.empty() ? json.null() : json.value(mail.last_error);
  json.end_object();
}

std::string detail_json(const UserDetail& detail) {
  JsonWriter json;
  json.begin_object();
  write_user_members(json, detail.user);
  json.key("identities");
  write_identities(json, detail.identities);
  json.key("preauthorised").begin_array();
  for (const sql::PreauthorisedIdentity& preauthorised : detail.preauthorised) {
    write_preauthorised(json, preauthorised);
  }
  json.end_array();
  json.key("sessions");
  write_sessions(json, detail.sessions);
  json.key("mails").begin_array();
  for (const sql::MailRow& mail : detail.mails) write_mail(json, mail);
  json.end_array().key("audit").begin_array();
  for (const sql::AuditEntry& entry : detail.audit) write_entry(json, entry);
  json.end_array().end_object();
  return json.text();
}

std::string state_json(const sql::User& user) {
  JsonWriter json;
  json.begin_object()
      .field("email", user.email)
      .field("email_verified", user.email_verified())
      .field("name", user.name)
      .field("is_staff", user.is_staff)
      .field("is_superuser", user.is_superuser)
      .field("has_password", user.has_password())
      .field("disabled", user.disabled())
      .end_object();
  return json.text();
}

}  // namespace latchkey::broker::admin
