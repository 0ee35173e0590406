// The cookie of a browser that holds a pending sign-in. HttpOnly; its value is a token whose
// SHA-256 is in the database.
#pragma once

#include <string>

#include "broker/admission.h"
#include "config/config.h"
#include "sessions/cookies.h"

namespace latchkey::broker {

inline std::string pending_cookie_name(const config::Session& config) {
  return config.cookie_secure ? "__Host-latchkey_pending" : "latchkey_pending";
}

inline sessions::SetCookie pending_cookie(const config::Session& config, std::string token) {
  return {.name = pending_cookie_name(config),
          .value = std::move(token),
          .max_age = AdmissionDesk::kPendingLifetime,
          .secure = config.cookie_secure};
}

inline sessions::SetCookie expired_pending_cookie(const config::Session& config) {
  sessions::SetCookie cookie = pending_cookie(config, "");
  cookie.max_age = std::chrono::seconds(0);
  return cookie;
}

}  // namespace latchkey::broker
