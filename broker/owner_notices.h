// Mails that tell the owner of an account what has been done with it. They are posted through the
// caller's connection, so that they stand or fall with what they tell of, and go only to an address
// that the owner has verified. Without a visitor it was staff who did it: then the mail says that,
// and not from which device and address.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "broker/admission.h"
#include "broker/mail/post_office.h"
#include "providers/registry.h"
#include "sql/connection.h"
#include "sql/users.h"

namespace latchkey::broker {

class OwnerNotices {
 public:
  using DoneBy = std::optional<Visitor>;

  OwnerNotices(PostOffice& post_office, const providers::Registry& providers, const Clock& clock)
      : post_office_(post_office), providers_(providers), clock_(clock) {}

  // Each answers whether a mail was posted, so that there is reason to wake().
  sql::Outcome<bool> identity_linked(sql::Connection& db, const sql::User& user,
                                     const std::string& provider, const DoneBy& visitor);
  sql::Outcome<bool> identity_unlinked(sql::Connection& db, const sql::User& user,
                                       const std::string& provider, const DoneBy& visitor);
  sql::Outcome<bool> password_changed(sql::Connection& db, const sql::User& user,
                                      const DoneBy& visitor);
  // `user` as it was: the notice goes to the former address.
  sql::Outcome<bool> email_changed(sql::Connection& db, const sql::User& user,
                                   const std::string& new_email, const DoneBy& visitor);
  // To both addresses. That of `from` does not hear whom it is part of: it may no longer be theirs.
  sql::Outcome<bool> accounts_merged(sql::Connection& db, const sql::User& from,
                                     const sql::User& into, const DoneBy& visitor);
  // Asks whether the user, as read before this sign-in, has ever come from this browser and system
  // and from this network, and tells them if not. To be called before the audit event of the
  // sign-in is written. Costs nothing at a first sign-in, and nothing without configured mail.
  sql::Outcome<bool> signed_in(sql::Connection& db, const sql::User& user, const Visitor& visitor);
  // To be called once the transaction is committed.
  void wake() { post_office_.wake(); }

 private:
  sql::Outcome<bool> tell(sql::Connection& db, MailKind kind, const sql::User& user,
                          const DoneBy& visitor, const MailValues& more = {});
  [[nodiscard]] MailValues provider_value(const std::string& provider) const;

  PostOffice& post_office_;
  const providers::Registry& providers_;
  const Clock& clock_;
};

}  // namespace latchkey::broker
