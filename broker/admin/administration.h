// Everything under /api/admin/, put together: the desk that every change goes over, the services on
// it and their routes. The merge desk also serves visitors who merge accounts of their own.
#pragma once

#include "broker/admin/audit_routes.h"
#include "broker/admin/identity_routes.h"
#include "broker/admin/merge_routes.h"
#include "broker/admin/provider_routes.h"
#include "broker/admin/user_routes.h"
#include "broker/admin/webhook_routes.h"

namespace latchkey::broker::admin {

class Administration {
 public:
  struct Parts {
    sql::Pool& pool;
    sessions::SessionService& sessions;
    sessions::PasswordHasher& hasher;
    OwnerNotices& notices;
    AdmissionDesk& admission;
    const Webhooks& webhooks;
    const providers::Registry& providers;
    const config::Config& config;
    const Clock& clock;
  };

  explicit Administration(const Parts& parts);
  void mount(http::Router& router);

  [[nodiscard]] MergeDesk& merges() { return merges_; }

 private:
  ChangeDesk desk_;
  UserChanges users_;
  IdentityChanges identities_;
  MergeDesk merges_;

  StaffGate gate_;
  UserRoutes user_routes_;
  AuditRoutes audit_routes_;
  IdentityRoutes identity_routes_;
  MergeRoutes merge_routes_;
  WebhookRoutes webhook_routes_;
  ProviderRoutes provider_routes_;
};

}  // namespace latchkey::broker::admin
