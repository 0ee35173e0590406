#include "broker/accounts/mailed_links.h"

#include <array>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/try.h"

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

Letter letter_to(const sql::User& user, MailKind kind, const Visit& visit) {
  Letter letter{
      .kind = kind, .recipient = user.email, .user = user.id, .values = visit_values(visit)};
  // What a stranger typed into a form is no salutation for whom the mail goes to.
  if (user.email_verified()) letter.values["name"] = user.name;
  return letter;
}

}  // namespace

std::optional<std::string> MailedLinks::hash_of(std::string_view token) {
  if (token.size() != kTokenLength || !base64url_decode(token)) return std::nullopt;
  return sha256(token);
}

sql::Outcome<bool> MailedLinks::send(sql::Connection& db, const sql::User& user, Order order,
                                     const Visitor& visitor) {
  Visit visit = visit_of(visitor, parts_.clock.now());
  if (!parts_.targets.allowed(order.next)) order.next.clear();
  return mail(db, user,
              {.user_id = user.id,
               .purpose = order.purpose,
               .email = std::move(order.recipient),
               .password_hash = std::move(order.password_hash),
               .name = std::move(order.name),
               .next = std::move(order.next),
               .device = std::move(visit.device),
               .ip = std::move(visit.ip),
               .created_at = visit.at,
               .expires_at = {}});
}

sql::Outcome<bool> MailedLinks::send_again(sql::Connection& db, const sql::User& user,
                                           sql::AccountProof sign_up) {
  return mail(db, user, std::move(sign_up));
}

sql::Outcome<bool> MailedLinks::mail(sql::Connection& db, const sql::User& user,
                                     sql::AccountProof proof) {
  const Kind& kind = kind_of(proof.purpose);
  const std::string token = random_token(parts_.random);
  Letter letter =
      letter_to(user, kind.mail, {.device = proof.device, .ip = proof.ip, .at = proof.created_at});
  letter.recipient = proof.email;
  add_link(letter, kind.page, token);
  LATCHKEY_TRY_ASSIGN(const bool posted, parts_.post_office.post(db, letter));
  if (!posted) return false;
  proof.expires_at = parts_.clock.now() + kind.lifetime;
  LATCHKEY_TRY(sql::account_proofs::put(db, sha256(token), proof));
  return true;
}

sql::Outcome<void> MailedLinks::pretend(sql::Connection& db, sql::ProofPurpose purpose,
                                        const Email& address, const Visitor& visitor) {
  const Kind& kind = kind_of(purpose);
  const TimePoint now = parts_.clock.now();
  const std::string token = random_token(parts_.random);
  Letter letter{.kind = kind.mail,
                .recipient = address.str(),
                .user = std::nullopt,
                .values = visit_values(visit_of(visitor, now))};
  add_link(letter, kind.page, token);
  LATCHKEY_TRY(parts_.post_office.pretend(db, letter));
  return sql::account_proofs::find(db, sha256(token), now).map([](const auto&) {});
}

void MailedLinks::add_link(Letter& letter, std::string_view page, std::string_view token) const {
  letter.values["link"] = parts_.config.server.public_url;
  letter.values["link"].append(page).append("#token=").append(token);
}

sql::Outcome<bool> MailedLinks::send_signup_existing(sql::Connection& db, const sql::User& user,
                                                     const Visitor& visitor) {
  const std::string& login = parts_.config.spa.login_url;
  Letter letter = letter_to(user, MailKind::signup_existing, visit_of(visitor, parts_.clock.now()));
  letter.values["link"] =
      login.starts_with("https://") || login.starts_with("http://")
          ? login
          : parts_.config.server.public_url + (login.empty() ? "/login" : login);
  return parts_.post_office.post(db, letter);
}

}  // namespace latchkey::broker
