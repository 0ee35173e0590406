// Making the visitor's two accounts one (POST /api/account/merge/): whoever is signed in here and
// has just been vouched for by a provider as another user may have that user merged into their own.
// The proof is the offer that the connect flow left in the browser (broker/merge_offer.h).
#pragma once

#include "broker/admin/merge_desk.h"
#include "broker/http/router.h"
#include "broker/merge_offer.h"
#include "sessions/session_service.h"
#include "sql/pool.h"

namespace latchkey::broker {

class AccountMerge {
 public:
  struct Parts {
    admin::MergeDesk& desk;
    const MergeOffers& offers;
    sessions::SessionService& sessions;
    sql::Pool& pool;
  };

  explicit AccountMerge(Parts parts) : parts_(parts) {}
  void mount(http::Router& router);

 private:
  http::Response merge(const http::Request& request);
  // The user who owns the offered identity now.
  Result<sql::User> other_user(const http::Request& request) const;

  Parts parts_;
};

}  // namespace latchkey::broker
