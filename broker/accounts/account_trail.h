// One line in the audit log for what a visitor does to an account.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "broker/admission.h"
#include "sql/connection.h"
#include "sql/users.h"

namespace latchkey::broker {

struct AccountEvent {
  std::string_view action;  // "password.change"
  std::string_view reason;  // a sentence
  std::optional<sql::UserId> user;
  bool by_user = false;  // the user did it; otherwise nobody knows who the visitor is
};

sql::Outcome<void> record(sql::Connection& db, TimePoint now, const AccountEvent& event,
                          const Visitor& visitor);

}  // namespace latchkey::broker
