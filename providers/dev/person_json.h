// People as the control API writes and reads them.
#pragma once

#include <string>

#include "base/error.h"
#include "base/json.h"
#include "providers/dev/people.h"

namespace latchkey::providers::dev {

void write_person(const Person& person, JsonWriter& into);

// Changes `person` as the object says; what it does not name stays. `email` and `email_verified`
// at the top count for every provider, those inside "github", "google", "facebook" and "oidc" for
// that one. A null e-mail is none. Fails with validation_failed for unknown keys and wrong types;
// the detail is a sentence for the tester.
Status change_person(JsonView changes, Person& person);

}  // namespace latchkey::providers::dev
