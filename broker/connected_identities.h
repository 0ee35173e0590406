// Disconnecting a provider from an account, without ever taking the last way in: an identity may go
// while the user has a password or another identity whose provider still leads in here.
#pragma once

#include <vector>

#include "base/clock.h"
#include "broker/admission.h"
#include "broker/owner_notices.h"
#include "broker/webhooks.h"
#include "providers/registry.h"
#include "sessions/session_service.h"
#include "sql/identities.h"
#include "sql/pool.h"

namespace latchkey::broker {

class ConnectedIdentities {
 public:
  struct Parts {
    sql::Pool& pool;
    sessions::SessionService& sessions;
    OwnerNotices& notices;
    const Webhooks& webhooks;
    const providers::Registry& providers;
    const Clock& clock;
  };

  explicit ConnectedIdentities(Parts parts) : parts_(parts) {}

  // Faults: not_found (no such identity, or another user's), last_login_method, store_unavailable.
  Status unlink(sql::UserId user, std::int64_t identity, const Visitor& visitor);

 private:
  sql::Outcome<Status> try_unlink(sql::UserId user, std::int64_t identity, const Visitor& visitor);
  [[nodiscard]] bool leads_in(const sql::IdentityRow& identity) const;

  Parts parts_;
};

}  // namespace latchkey::broker
