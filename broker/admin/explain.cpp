#include "broker/admin/explain.h"

#include "base/email.h"
#include "base/try.h"
#include "broker/admin/form.h"
#include "providers/registry.h"
#include "sql/identities.h"

namespace latchkey::broker::admin {
namespace {

std::string_view name_of(LinkDecision decision) {
  switch (decision) {
    case LinkDecision::sign_in:
      return "sign_in";
    case LinkDecision::connect:
      return "connect";
    case LinkDecision::already_connected:
      return "already_connected";
    case LinkDecision::link:
      return "link";
    case LinkDecision::link_preauthorised:
      return "link_preauthorised";
    case LinkDecision::link_merged:
      return "link_merged";
    case LinkDecision::claim:
      return "claim";
    case LinkDecision::create:
      return "create";
    case LinkDecision::pend_email_missing:
      return "pend_email_missing";
    case LinkDecision::pend_email_unverified:
      return "pend_email_unverified";
    case LinkDecision::pend_account_exists:
      return "pend_account_exists";
    case LinkDecision::refuse_disabled:
      return "refuse_disabled";
    case LinkDecision::refuse_identity_in_use:
      return "refuse_identity_in_use";
    case LinkDecision::refuse_unverified_staff:
      return "refuse_unverified_staff";
    case LinkDecision::refuse_unverified_account:
      return "refuse_unverified_account";
    case LinkDecision::refuse_signup_closed:
      return "refuse_signup_closed";
  }
  return "";
}

std::string_view name_of(EmailStanding standing) {
  switch (standing) {
    case EmailStanding::none:
      return "none";
    case EmailStanding::unverified:
      return "unverified";
    case EmailStanding::verified:
      return "verified";
    case EmailStanding::authoritative:
      return "authoritative";
  }
  return "";
}

void write_person(JsonWriter& json, std::string_view name, const std::optional<sql::User>& user) {
  json.key(name);
  if (!user) {
    json.null();
    return;
  }
  json.begin_object()
      .field("id", user->id)
      .field("email", user->email)
      .field("email_verified", user->email_verified())
      .field("is_staff", user->is_staff)
      .field("disabled", user->disabled())
      .end_object();
}

}  // namespace

Result<DescribedVisitor> visitor_in(const http::Request& request, const config::Config& config) {
  LATCHKEY_TRY_ASSIGN(const auto provider, wanted_text(request, "provider"));
  LATCHKEY_TRY_ASSIGN(const auto subject, wanted_text(request, "subject"));
  LATCHKEY_TRY_ASSIGN(const auto email, wanted_text(request, "email"));
  LATCHKEY_TRY_ASSIGN(const auto verified, wanted_flag(request, "verified"));
  LATCHKEY_TRY_ASSIGN(const auto workspace, wanted_flag(request, "workspace"));
  const auto known = config.providers.find(provider.value_or(""));
  if (known == config.providers.end()) return fail(ErrorCode::provider_unknown);
  if (subject && subject->size() > sql::kMaxSubjectBytes) {
    return fail(ErrorCode::parameters_invalid, "subject");
  }
  const auto address = email ? Email::parse(*email) : std::nullopt;
  if (email && !address) return fail(ErrorCode::parameters_invalid, "email");
  providers::EmailClaim claim{.verified = verified.value_or(false)};
  if (address) claim.address = address->str();
  if (address && workspace.value_or(false)) claim.hosted_domain = address->domain();
  auto judged = providers::judge_email(known->second, claim);
  if (!judged && judged.error().code != ErrorCode::domain_not_allowed) {
    return tl::unexpected(judged.error());
  }
  // No identity has an empty subject, so without one it is asked as for a newcomer.
  DescribedVisitor visitor{.identity = {.provider = *provider, .subject = subject.value_or("")},
                           .domain_allowed = judged.has_value()};
  if (judged) visitor.identity.email = std::move(*judged);
  return visitor;
}

std::string domain_refusal_json() {
  JsonWriter json;
  json.begin_object()
      .field("decision", "refuse_domain")
      .field("reason", "refused: the provider vouches for no address in an allowed domain")
      .field("code", describe(ErrorCode::domain_not_allowed).code)
      .key("email_standing")
      .null()
      .key("identity_owner")
      .null()
      .key("account")
      .null()
      .end_object();
  return json.text();
}

std::string explanation_json(const Explanation& explanation) {
  const auto refused = refusal(explanation.decision);
  JsonWriter json;
  json.begin_object()
      .field("decision", name_of(explanation.decision))
      .field("reason", reason(explanation.decision))
      .key("code");
  refused ? json.value(describe(*refused).code) : json.null();
  json.field("email_standing", name_of(explanation.email));
  write_person(json, "identity_owner", explanation.owner);
  write_person(json, "account", explanation.account);
  json.end_object();
  return json.text();
}

}  // namespace latchkey::broker::admin
