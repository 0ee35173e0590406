#include "broker/admin/merge_report.h"

#include <algorithm>

#include "base/try.h"

namespace latchkey::broker::admin {
namespace {

constexpr std::size_t kMaxRecord = std::size_t{16} * 1024 * 1024;

void write_identities(JsonWriter& json, const std::vector<MovedIdentity>& identities) {
  json.key("identities").begin_array();
  for (const MovedIdentity& identity : identities) {
    json.begin_object()
        .field("id", identity.id)
        .field("provider", identity.provider)
        .field("subject", identity.subject)
        .end_object();
  }
  json.end_array();
}

void write_ids(JsonWriter& json, std::string_view name, const std::vector<std::int64_t>& ids) {
  json.key(name).begin_array();
  for (const std::int64_t id : ids) json.value(id);
  json.end_array();
}

std::vector<std::int64_t> read_ids(JsonView ids) {
  std::vector<std::int64_t> values;
  for (const JsonView id : ids.items()) values.push_back(id.integer().value_or(0));
  return values;
}

std::string_view name_of(MergedPassword password) {
  return password == MergedPassword::taken ? "taken" : "kept";
}

std::string named(const sql::User& user) { return "User " + std::to_string(user.id); }

// Two of one provider are no fault: which of them the person uses is for them to know.
void add_shared_providers(const std::vector<sql::IdentityRow>& from,
                          const std::vector<sql::IdentityRow>& into,
                          std::vector<MergeConflict>& conflicts) {
  std::vector<std::string> told;
  for (const sql::IdentityRow& identity : from) {
    const auto same = [&](const sql::IdentityRow& other) {
      return other.provider == identity.provider;
    };
    if (std::none_of(into.begin(), into.end(), same)) continue;
    if (std::find(told.begin(), told.end(), identity.provider) != told.end()) continue;
    told.push_back(identity.provider);
    conflicts.push_back({.code = "same_provider",
                         .sentence = "Both users have an identity of " + identity.provider +
                                     "; all of them will sign in as one user."});
  }
}

}  // namespace

std::vector<MergeConflict> conflicts_of(const sql::User& from,
                                        const std::vector<sql::IdentityRow>& from_identities,
                                        const sql::User& into,
                                        const std::vector<sql::IdentityRow>& into_identities) {
  std::vector<MergeConflict> conflicts;
  if (from.disabled()) {
    conflicts.push_back({.code = "source_disabled",
                         .sentence = named(from) + " is disabled; whoever was locked out with it "
                                                   "will come in as the other user.",
                         .blocking = true});
  }
  if (into.disabled()) {
    conflicts.push_back({.code = "target_disabled",
                         .sentence = named(into) + " is disabled; nobody will come in by what "
                                                   "moves to it.",
                         .blocking = true});
  }
  if (from.is_staff || from.is_superuser) {
    conflicts.push_back({.code = "source_staff",
                         .sentence = named(from) + " is staff; its rights do not move and end."});
  }
  if (into.is_staff || into.is_superuser) {
    conflicts.push_back(
        {.code = "target_staff",
         .sentence = named(into) + " is staff; whoever comes in by what moves to it is staff."});
  }
  if (!into.email_verified()) {
    conflicts.push_back({.code = "target_email_unverified",
                         .sentence = "The address of " + named(into) +
                                     " is not verified; whoever proves it takes the account over "
                                     "and drops its identities."});
  }
  if (!from.email_verified()) {
    conflicts.push_back({.code = "source_email_unverified",
                         .sentence = "The address of " + named(from) + " is not verified."});
  }
  add_shared_providers(from_identities, into_identities, conflicts);
  if (from.has_password()) {
    conflicts.push_back({.code = "source_password",
                         .sentence = into.has_password()
                                         ? "Both users have a password; that of " + named(into) +
                                               " stays and the other one ends."
                                         : named(into) + " has no password and takes that of the "
                                                         "other one only when asked to."});
  }
  return conflicts;
}

std::string MergeRecord::to_json() const {
  JsonWriter json;
  json.begin_object().field("email", email);
  json.field("disabled_at",
             disabled_at ? std::optional<std::int64_t>(disabled_at->time_since_epoch().count())
                         : std::nullopt);
  write_identities(json, identities);
  write_ids(json, "sessions", sessions);
  json.field("sessions_revoked", sessions_revoked);
  write_ids(json, "preauthorised", preauthorised);
  json.field("password", name_of(password)).end_object();
  return json.text();
}

Result<MergeRecord> MergeRecord::from_json(std::string_view text) {
  LATCHKEY_TRY_ASSIGN(const JsonDocument document, JsonDocument::parse(text, kMaxRecord));
  const JsonView root = document.root();
  MergeRecord record{.email = std::string(root["email"].string().value_or("")),
                     .sessions = read_ids(root["sessions"]),
                     .sessions_revoked = root["sessions_revoked"].integer().value_or(0),
                     .preauthorised = read_ids(root["preauthorised"])};
  if (const auto at = root["disabled_at"].integer()) record.disabled_at = TimePoint(Duration(*at));
  if (root["password"].string() == "taken") record.password = MergedPassword::taken;
  for (const JsonView identity : root["identities"].items()) {
    record.identities.push_back(
        {.id = identity["id"].integer().value_or(0),
         .provider = std::string(identity["provider"].string().value_or("")),
         .subject = std::string(identity["subject"].string().value_or(""))});
  }
  return record;
}

std::string UndoReport::to_json() const {
  JsonWriter json;
  json.begin_object().key("restored").begin_object();
  write_identities(json, identities);
  json.field("sessions", sessions)
      .field("preauthorised", preauthorised)
      .end_object()
      .key("not_restored")
      .begin_array();
  for (const NotRestored& lost : not_restored) {
    json.begin_object().field("what", lost.what).field("detail", lost.sentence).end_object();
  }
  json.end_array().end_object();
  return json.text();
}

std::string merge_report_json(sql::UserId from, sql::UserId into, const MergeRecord& record,
                              const std::vector<MergeConflict>& conflicts) {
  JsonWriter json;
  json.begin_object().field("from", from).field("into", into).key("moved").begin_object();
  write_identities(json, record.identities);
  json.field("sessions", static_cast<std::int64_t>(record.sessions.size()))
      .field("sessions_revoked", record.sessions_revoked)
      .field("preauthorised", static_cast<std::int64_t>(record.preauthorised.size()))
      .field("password", name_of(record.password))
      .end_object()
      .key("conflicts")
      .begin_array();
  for (const MergeConflict& conflict : conflicts) {
    json.begin_object()
        .field("code", conflict.code)
        .field("detail", conflict.sentence)
        .field("blocking", conflict.blocking)
        .end_object();
  }
  json.end_array().end_object();
  return json.text();
}

}  // namespace latchkey::broker::admin
