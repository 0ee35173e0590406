#include "sql/account_proofs.h"

#include <array>
#include <stdexcept>

#include "sql/text.h"

// A macro, because only literals join into a Statement's text.
#define LATCHKEY_PROOF_COLUMNS                                                          \
  "user_id, purpose, email, password_hash, name, next, device, coalesce(host(ip), '')," \
  " created_at, expires_at"

namespace latchkey::sql {
namespace {

constexpr std::size_t kMaxDevice = 255;

struct PurposeName {
  ProofPurpose purpose;
  std::string_view name;
};
constexpr std::array kPurposes{PurposeName{ProofPurpose::confirm_email, "confirm_email"},
                               PurposeName{ProofPurpose::change_email, "change_email"},
                               PurposeName{ProofPurpose::reset_password, "reset_password"}};

std::string_view name_of(ProofPurpose purpose) {
  return kPurposes.at(static_cast<std::size_t>(purpose)).name;
}

ProofPurpose purpose_of(std::string_view name) {
  for (const PurposeName& known : kPurposes) {
    if (known.name == name) return known.purpose;
  }
  throw std::logic_error("account_proofs.purpose");
}

constexpr Statement kPut = {
    .name = "account_proofs.put",
    .text =
        "INSERT INTO account_proofs (user_id, purpose, token_hash, email, password_hash, name, "
        "next,"
        " device, ip, created_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::inet, $10, $11)"
        " ON CONFLICT (user_id, purpose) DO UPDATE SET token_hash = excluded.token_hash,"
        " email = excluded.email, password_hash = excluded.password_hash, name = excluded.name,"
        " next = excluded.next, device = excluded.device, ip = excluded.ip, created_at = "
        "excluded.created_at, expires_at = excluded.expires_at",
};
constexpr Statement kFind = {
    .name = "account_proofs.find",
    .text = "SELECT " LATCHKEY_PROOF_COLUMNS
            " FROM account_proofs WHERE token_hash = $1 AND expires_at > $2",
};
constexpr Statement kFindSignUp = {
    .name = "account_proofs.find_sign_up",
    .text = "SELECT " LATCHKEY_PROOF_COLUMNS
            " FROM account_proofs WHERE user_id = $1 AND purpose = 'confirm_email'",
};
constexpr Statement kConsume = {
    .name = "account_proofs.consume",
    .text =
        "DELETE FROM account_proofs WHERE token_hash = $1 AND expires_at > $2"
        " RETURNING " LATCHKEY_PROOF_COLUMNS,
};
constexpr Statement kForgetPassword = {
    .name = "account_proofs.forget_password",
    .text =
        "UPDATE account_proofs SET password_hash = NULL"
        " WHERE user_id = $1 AND purpose = 'confirm_email'",
};
constexpr Statement kRemoveAllOfUser = {
    .name = "account_proofs.remove_all_of_user",
    .text = "DELETE FROM account_proofs WHERE user_id = $1",
};
constexpr Statement kRemoveAllButSignUp = {
    .name = "account_proofs.remove_all_but_sign_up",
    .text = "DELETE FROM account_proofs WHERE user_id = $1 AND purpose <> 'confirm_email'",
};
constexpr Statement kSweep = {
    .name = "account_proofs.sweep",
    .text =
        "DELETE FROM account_proofs WHERE id IN ("
        "SELECT id FROM account_proofs WHERE purpose <> 'confirm_email' AND expires_at <= $1"
        " ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
};

std::optional<AccountProof> at_most_one(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const Row row = rows[0];
  return AccountProof{.user_id = row.int64(0),
                      .purpose = purpose_of(row.text(1)),
                      .email = row.text(2),
                      .password_hash = row.optional_text(3),
                      .name = row.text(4),
                      .next = row.text(5),
                      .device = row.text(6),
                      .ip = row.text(7),
                      .created_at = row.timestamp(8),
                      .expires_at = row.timestamp(9)};
}

}  // namespace

namespace account_proofs {

Outcome<void> put(Connection& connection, const std::string& token_hash,
                  const AccountProof& proof) {
  return connection
      .execute(kPut, Parameters()
                         .int64(proof.user_id)
                         .text(name_of(proof.purpose))
                         .bytes(token_hash)
                         .text(proof.email)
                         .optional_text(proof.password_hash)
                         .text(displayable_name(proof.name))
                         .text(proof.next)
                         .text(displayable(proof.device, kMaxDevice))
                         .optional_text(inet_text(proof.ip))
                         .timestamp(proof.created_at)
                         .timestamp(proof.expires_at))
      .map([](const Rows&) {});
}

Outcome<std::optional<AccountProof>> find(Connection& connection, const std::string& token_hash,
                                          TimePoint now) {
  return connection.execute(kFind, Parameters().bytes(token_hash).timestamp(now)).map(at_most_one);
}

Outcome<std::optional<AccountProof>> find_sign_up(Connection& connection, UserId user) {
  return connection.execute(kFindSignUp, Parameters().int64(user)).map(at_most_one);
}

Outcome<std::optional<AccountProof>> consume(Connection& connection, const std::string& token_hash,
                                             TimePoint now) {
  return connection.execute(kConsume, Parameters().bytes(token_hash).timestamp(now))
      .map(at_most_one);
}

Outcome<void> forget_password(Connection& connection, UserId user) {
  return connection.execute(kForgetPassword, Parameters().int64(user)).map([](const Rows&) {});
}

Outcome<void> remove_all_but_sign_up(Connection& connection, UserId user) {
  return connection.execute(kRemoveAllButSignUp, Parameters().int64(user)).map([](const Rows&) {});
}

Outcome<void> remove_all_of_user(Connection& connection, UserId user) {
  return connection.execute(kRemoveAllOfUser, Parameters().int64(user)).map([](const Rows&) {});
}

Outcome<std::int64_t> sweep(Connection& connection, TimePoint now, int limit) {
  return connection.execute(kSweep, Parameters().timestamp(now).int64(limit))
      .map([](const Rows& rows) { return rows.affected(); });
}

}  // namespace account_proofs
}  // namespace latchkey::sql
