// The one frame of every administrative change, whether a route or the command line asks for it:
// the change and the audit events that tell of it stand or fall together in one transaction, a dry
// run is the same transaction rolled back, and whoever may not do it is refused inside it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "broker/owner_notices.h"
#include "sql/pool.h"
#include "sql/users.h"

namespace latchkey::broker::admin {

// Who asks for a change.
struct Actor {
  std::optional<sql::UserId> user;  // the staff member; none: the command line, which may do all
  std::string name;                 // their e-mail address, or "cli:<login name>"
  Visitor visitor;
  // A user who is no staff, at something that the caller has made sure is theirs to do.
  bool on_own_behalf = false;
};

struct Order {
  Actor actor;
  std::string reason;  // why, for the audit log
  bool dry_run = false;
};

// Why a change is not made. `field` and `sentence` say which value is at fault, if one is.
struct Refusal {
  Error error;
  std::string field = {};
  std::string sentence = {};
};
// validation_failed, naming the field.
tl::unexpected<Refusal> refuse(std::string field, std::string sentence);

// Inside the transaction both the store and the rules can end a change. Either converts to this, so
// LATCHKEY_TRY and fail() work as everywhere.
class Fault {
 public:
  Fault(sql::Failure failure) : cause_(std::move(failure)) {}         // NOLINT: converts
  Fault(Error error) : cause_(Refusal{.error = std::move(error)}) {}  // NOLINT: converts
  Fault(Refusal refusal) : cause_(std::move(refusal)) {}              // NOLINT: converts
  // Whether somebody else was first, and trying again may help.
  [[nodiscard]] bool is_conflict() const;
  [[nodiscard]] Refusal refusal() const;

 private:
  std::variant<sql::Failure, Refusal> cause_;
};
template <class T>
using Attempt = tl::expected<T, Fault>;

// One thing that is different afterwards: one audit event.
struct Change {
  std::string action;  // "user.disable", "identity.link", … as in the audit log
  sql::UserId user = 0;
  std::string provider = {};
  std::string subject = {};
  std::string before = {};  // JSON objects; empty: there was, or is, nothing
  std::string after = {};
};

struct Report {
  std::vector<Change> changes;
  std::vector<std::string> warnings = {};  // sentences for whoever asked
  std::string answer = {};                 // what the route answers after a commit, a JSON object
  std::string preview = {};                // more about it that a dry run tells, a JSON object
};

// What a change is made with.
class Workbench {
 public:
  Workbench(sql::Connection& connection, const Order& asked, OwnerNotices& mails, TimePoint time,
            bool superuser)
      : db(connection), order(asked), notices(mails), now(time), superuser_(superuser) {}

  // The user, locked until the transaction ends. Faults: user_unknown; permission_denied when it is
  // a superuser and the actor is none.
  Attempt<sql::User> lock_user(sql::UserId id);
  [[nodiscard]] bool acts_on_self(sql::UserId id) const { return order.actor.user == id; }
  // Refuses with last_administrator when no staff member who can sign in would be left. To be
  // called after every change that takes staff status away, also by disabling or merging.
  Attempt<void> keep_an_administrator();
  // As the owner of an account is told of a change.
  [[nodiscard]] OwnerNotices::DoneBy done_by() const {
    return order.actor.on_own_behalf ? OwnerNotices::DoneBy(order.actor.visitor) : std::nullopt;
  }
  // Whether the actor may make superusers.
  [[nodiscard]] bool superuser() const { return superuser_; }

  sql::Connection& db;
  const Order& order;
  OwnerNotices& notices;  // posts through `db`; the desk sees to their sending
  const TimePoint now;

 private:
  bool superuser_;
};

using Act = std::function<Attempt<Report>(Workbench&)>;

class ChangeDesk {
 public:
  struct Parts {
    sql::Pool& pool;
    OwnerNotices& notices;
    const Clock& clock;
    // Told, after a commit, whose remembered sessions are out of date. May be empty.
    std::function<void(sql::UserId)> forget_user;
  };
  static constexpr std::size_t kMaxReason = 500;  // characters

  explicit ChangeDesk(Parts parts) : parts_(std::move(parts)) {}

  // `act` may run several times: it runs again in a new transaction when somebody else was first.
  // Refused without it: an empty or too long reason; an actor who is no active staff member (any
  // more).
  tl::expected<Report, Refusal> carry_out(const Order& order, const Act& act);

 private:
  Attempt<Report> try_once(const Order& order, const Act& act);
  void announce(const Report& report);

  Parts parts_;
};

}  // namespace latchkey::broker::admin
