#include "broker/accounts/mailed_links.h"

#include <array>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/try.h"
#include "broker/mail/visit_values.h"

namespace latchkey::broker {
namespace {

constexpr std::size_t kTokenLength = 43;  // of base64url: 256 bits

struct Kind {
  sql::ProofPurpose purpose;
  MailKind mail;
  std::string_view page;
  std::chrono::hours lifetime;
};
constexpr std::array kKinds{
    Kind{sql::ProofPurpose::confirm_email, MailKind::confirm_email, "/email/verify",
         std::chrono::hours(24)},
    Kind{sql::ProofPurpose::change_email, MailKind::change_email, "/email/verify",
         std::chrono::hours(24)},
    Kind{sql::ProofPurpose::reset_password, MailKind::reset_password, "/password/reset",
         std::chrono::hours(1)},
};

const Kind& kind_of(sql::ProofPurpose purpose) {
  return kKinds.at(static_cast<std::size_t>(purpose));
}

}  // namespace

std::optional<std::string> MailedLinks::hash_of(std::string_view token) {
  if (token.size() != kTokenLength || !base64url_decode(token)) return std::nullopt;
  return sha256(token);
}

sql::Outcome<bool> MailedLinks::send(sql::Connection& db, const sql::User& user, Order order,
                                     const Visitor& visitor) {
  const Kind& kind = kind_of(order.purpose);
  const std::string token = random_token(random_);
  Letter letter{.kind = kind.mail,
                .recipient = order.recipient,
                .user = user.id,
                .values = values(user, visitor)};
  letter.values["link"] = config_.server.public_url + std::string(kind.page) + "#token=" + token;
  LATCHKEY_TRY_ASSIGN(const bool posted, post_office_.post(db, letter));
  if (!posted) return false;
  const TimePoint now = clock_.now();
  LATCHKEY_TRY(sql::account_proofs::put(db, sha256(token),
                                        {.user_id = user.id,
                                         .purpose = order.purpose,
                                         .email = std::move(order.recipient),
                                         .password_hash = std::move(order.password_hash),
                                         .name = std::move(order.name),
                                         .ip = visitor.ip,
                                         .created_at = now,
                                         .expires_at = now + kind.lifetime}));
  return true;
}

sql::Outcome<bool> MailedLinks::send_signup_existing(sql::Connection& db, const sql::User& user,
                                                     const Visitor& visitor) {
  const std::string& login = config_.spa.login_url;
  Letter letter{.kind = MailKind::signup_existing,
                .recipient = user.email,
                .user = user.id,
                .values = values(user, visitor)};
  letter.values["link"] = login.starts_with("https://") || login.starts_with("http://")
                              ? login
                              : config_.server.public_url + (login.empty() ? "/login" : login);
  return post_office_.post(db, letter);
}

MailValues MailedLinks::values(const sql::User& user, const Visitor& visitor) const {
  MailValues values = visit_values(visitor, clock_.now());
  // What a stranger typed into a form is no salutation for whom the mail goes to.
  if (user.email_verified()) values["name"] = user.name;
  return values;
}

}  // namespace latchkey::broker
