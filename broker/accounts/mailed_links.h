// Links that prove an address: a random token of 256 bits, mailed as `<public_url>/<page>#token=…`.
// The fragment reaches no server and no log; the page shows what it is about, and only its POST
// uses the token up (SECURITY rule 12). For each user and purpose only the newest link counts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/email.h"
#include "base/random.h"
#include "broker/admission.h"
#include "broker/mail/post_office.h"
#include "broker/mail/visit_values.h"
#include "broker/redirect_target.h"
#include "config/config.h"
#include "sql/account_proofs.h"

namespace latchkey::broker {

class MailedLinks {
 public:
  struct Parts {
    PostOffice& post_office;
    const RedirectTargets& targets;
    const config::Config& config;
    const Clock& clock;
    Random& random;
  };
  explicit MailedLinks(Parts parts) : parts_(parts) {}

  [[nodiscard]] bool configured() const { return parts_.post_office.configured(); }

  struct Order {
    sql::ProofPurpose purpose;
    std::string recipient;                     // Email::str(): where it goes, and what it proves
    std::optional<std::string> password_hash;  // of a sign-up
    std::string name;                          // 〃
    // Where the visitor wants to go, as they said it; kept if it is a place we send people to.
    std::string next;
  };
  // Through the caller's connection, with the user's row locked. False: held back, because there
  // was such a mail a moment ago; the link in it keeps counting.
  sql::Outcome<bool> send(sql::Connection& db, const sql::User& user, Order order,
                          const Visitor& visitor);
  // A sign-up's link once more, under a new token: it brings and tells what the former one did,
  // whoever asks for it. The same answer.
  sql::Outcome<bool> send_again(sql::Connection& db, const sql::User& user,
                                sql::AccountProof sign_up);
  // For an address that gets no such mail: the work of send() without its effects, because the time
  // of an answer would tell (SECURITY rule 14).
  sql::Outcome<void> pretend(sql::Connection& db, sql::ProofPurpose purpose, const Email& address,
                             const Visitor& visitor);
  // Tells the owner of an account that somebody tried to sign up with its address.
  sql::Outcome<bool> send_signup_existing(sql::Connection& db, const sql::User& user,
                                          const Visitor& visitor);
  // After the commit.
  void wake() { parts_.post_office.wake(); }

  // The row whose token this is; a token that cannot be one is answered without asking.
  [[nodiscard]] static std::optional<std::string> hash_of(std::string_view token);

 private:
  void add_link(Letter& letter, std::string_view page, std::string_view token) const;
  sql::Outcome<bool> mail(sql::Connection& db, const sql::User& user, sql::AccountProof proof);

  Parts parts_;
};

}  // namespace latchkey::broker
