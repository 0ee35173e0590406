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

// From `provider`, `subject`, `email`, `verified` (the provider says so) and `workspace` (Google's
// `hd` is there), judged as the provider's module judges them. provider_unknown;
// parameters_invalid.
Result<providers::Identity> identity_in(const http::Request& request, const config::Config& config);

// {"decision","reason","code","email_standing","identity_owner":{…},"account":{…}}
std::string explanation_json(const Explanation& explanation);

}  // namespace latchkey::broker::admin
