#include "broker/admission.h"

#include "base/log.h"
#include "base/try.h"
#include "broker/admission_attempt.h"
#include "broker/owner_notices.h"

namespace latchkey::broker {
namespace {

using sql::Outcome;

// Losing a race twice is rare; five times is a bug.
constexpr int kMaxAttempts = 5;

bool is_conflict(const sql::Failure& failure) {
  return failure.kind == sql::FailureKind::unique_violation ||
         failure.kind == sql::FailureKind::serialization_failure;
}

}  // namespace

Result<Admission> AdmissionDesk::admit(const AdmissionRequest& request) {
  for (int attempt = 1;; ++attempt) {
    auto outcome = try_once(request);
    if (outcome) return std::move(*outcome);
    if (!is_conflict(outcome.error()) || attempt == kMaxAttempts) {
      return fail(sql::to_error(outcome.error()));
    }
    log::info("signin.decide_again", {{"provider", request.identity.provider},
                                      {"request_id", request.visitor.request_id},
                                      {"attempt", attempt}});
  }
}

Result<Explanation> AdmissionDesk::explain(const providers::Identity& identity) {
  auto explanation = try_explain({.identity = identity, .intent = Intent::sign_in});
  if (!explanation) return fail(sql::to_error(explanation.error()));
  return std::move(*explanation);
}

// The same look and the same question as a sign-in's, in a transaction that is never committed.
Outcome<Explanation> AdmissionDesk::try_explain(const AdmissionRequest& request) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  Attempt attempt{.parts = parts_,
                  .db = transaction.connection(),
                  .request = request,
                  .now = parts_.clock.now()};
  LATCHKEY_TRY(attempt.look_up());
  const LinkQuestion question = attempt.question();
  return Explanation{.decision = decide(question),
                     .email = question.email,
                     .owner = std::move(attempt.owner),
                     .account = std::move(attempt.account)};
}

// Sessions that this instance remembers and that are no longer, or show less than they should.
void AdmissionDesk::forget_what_changed(const AdmissionRequest& request, const Attempt& attempt) {
  if (request.current) parts_.sessions.forget_user(request.current->user.id);
  if (attempt.account) parts_.sessions.forget_user(attempt.account->id);
}

// A refusal is committed too: it is an outcome, and its audit line must stay.
Outcome<Result<Admission>> AdmissionDesk::try_once(const AdmissionRequest& request) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  Attempt attempt{.parts = parts_,
                  .db = transaction.connection(),
                  .request = request,
                  .now = parts_.clock.now(),
                  .known = {},
                  .owner = {},
                  .account = {}};
  LATCHKEY_TRY(attempt.look_up());
  if (!attempt.proof_holds()) return Result<Admission>(fail(ErrorCode::invalid_credentials));
  const LinkDecision decision = decide(attempt.question());
  if (const auto code = refusal(decision)) {
    const auto& concerned = attempt.owner ? attempt.owner : attempt.account;
    LATCHKEY_TRY(attempt.audit(decision, concerned ? std::optional(concerned->id) : std::nullopt));
    LATCHKEY_TRY(transaction.commit());
    return Result<Admission>(fail(*code, std::string(reason(decision))));
  }
  if (request.proven) {
    // Two confirmations at once: the first one ends it.
    LATCHKEY_TRY_ASSIGN(
        const bool first,
        sql::pending_sign_ins::remove(transaction.connection(), request.proven->pending_id));
    if (!first) return Result<Admission>(fail(ErrorCode::no_pending_sign_in));
  }
  LATCHKEY_TRY_ASSIGN(Admission admission, attempt.carry_out(decision));
  LATCHKEY_TRY(transaction.commit());
  if (attempt.noticed) parts_.notices.wake();
  forget_what_changed(request, attempt);
  return Result<Admission>(std::move(admission));
}

}  // namespace latchkey::broker
