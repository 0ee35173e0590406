// What the link policy would decide of an identity that somebody describes: for "why can I not sign
// in?". The decision is the real policy's (AdmissionDesk::explain); here is how the question is put
// and the answer told.
#pragma once

#include <string>

#include "broker/admission.h"
#include "broker/http/message.h"
#include "config/config.h"
#include "providers/provider.h"

namespace latchkey::broker::admin {

// Somebody as the provider's module would make them out.
struct DescribedVisitor {
  providers::Identity identity;
  // False: `allowed_domains` or `hosted_domain` turn them away before the link policy is asked.
  bool domain_allowed = true;
};

// From `provider`, `subject`, `email`, `verified` (the provider says so) and `workspace` (Google's
// `hd` is there: the domain of the address). provider_unknown; parameters_invalid.
Result<DescribedVisitor> visitor_in(const http::Request& request, const config::Config& config);

// {"decision","reason","code","email_standing","identity_owner":{…},"account":{…}}
std::string explanation_json(const Explanation& explanation);
// The same members, for a visitor whose domain is not allowed.
std::string domain_refusal_json();

}  // namespace latchkey::broker::admin
