#include "broker/admin/explain.h"

#include "base/email.h"
#include "base/try.h"
#include "broker/admin/form.h"

namespace latchkey::broker::admin {
namespace {

using config::ProviderType;

constexpr std::size_t kMaxSubject = 255;

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

// What the providers' modules make of an address (providers/github.cpp and its neighbours).
providers::ProviderEmail judge(const config::Provider& provider, const Email& address,
                               bool says_verified, bool in_workspace) {
  const bool personal = provider.type == ProviderType::github;
  const bool google = provider.type == ProviderType::google;
  const bool trusted = provider.trust_email.value_or(personal || google);
  providers::ProviderEmail email{.address = address.str()};
  // Facebook says nothing of its addresses: they are as good as the operator trusts them.
  if (provider.type == ProviderType::facebook) {
    email.verified = trusted;
  } else {
    email.verified = says_verified && (personal || google || trusted);
  }
  const bool google_owns = in_workspace || address.str().ends_with("@gmail.com");
  email.authoritative = email.verified && trusted && (!google || google_owns);
  return email;
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

Result<providers::Identity> identity_in(const http::Request& request,
                                        const config::Config& config) {
  LATCHKEY_TRY_ASSIGN(const auto provider, wanted_text(request, "provider"));
  LATCHKEY_TRY_ASSIGN(const auto subject, wanted_text(request, "subject"));
  LATCHKEY_TRY_ASSIGN(const auto email, wanted_text(request, "email"));
  LATCHKEY_TRY_ASSIGN(const auto verified, wanted_flag(request, "verified"));
  LATCHKEY_TRY_ASSIGN(const auto workspace, wanted_flag(request, "workspace"));
  const auto known = config.providers.find(provider.value_or(""));
  if (known == config.providers.end()) return fail(ErrorCode::provider_unknown);
  if (subject && subject->size() > kMaxSubject) {
    return fail(ErrorCode::parameters_invalid, "subject");
  }
  // No identity has an empty subject, so without one it is asked as for a newcomer.
  providers::Identity identity{.provider = *provider, .subject = subject.value_or("")};
  if (!email) return identity;
  const auto address = Email::parse(*email);
  if (!address) return fail(ErrorCode::parameters_invalid, "email");
  identity.email =
      judge(known->second, *address, verified.value_or(false), workspace.value_or(false));
  return identity;
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
