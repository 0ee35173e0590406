// Whose session is this? The question every application behind this service asks with every request
// of its own, in three forms: the whole account for a front end, a short one for a client with
// tokens, and headers for a reverse proxy. All are answered from the session's look-up alone, so
// that the connection loop can give the same answers (broker/session_checks.h).
#pragma once

#include <string_view>

#include "broker/http/router.h"
#include "sessions/live_session.h"

namespace latchkey::broker {

enum class Check {
  account,  // GET /api/account/ and its alias: the user with the identities; anonymous: 403
  me,       // GET /api/me/: the user, `id` as a string; anonymous: 401
  verify,   // GET /auth/verify: X-Auth-User-Id, -Email, -Name, -Staff, no body; anonymous: 401
};

// What a live session is answered.
http::Response answer_check(Check check, const sessions::LiveSession& live);
// What is answered without one: not_authenticated, or why nobody can tell.
http::Response refuse_check(Check check, const Error& error, std::string_view request_id);

void mount_check_routes(http::Router& router);

}  // namespace latchkey::broker
