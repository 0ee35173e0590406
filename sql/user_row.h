// The columns of a user and their reader, side by side, for the statements that answer users.
// Internal to this room.
#pragma once

#include "sql/users.h"
#include "sql/value.h"

// A macro, because only literals join into a Statement's text.
#define LATCHKEY_USER_COLUMNS                                                         \
  "users.id, users.email, users.email_verified_at, users.password_hash, users.name, " \
  "users.avatar_url, users.is_staff, users.is_superuser, users.disabled_at, "         \
  "users.created_at, users.last_login_at, users.merged_into"

namespace latchkey::sql {

// Reads LATCHKEY_USER_COLUMNS, the first of which is column `first`.
User read_user(const Row& row, int first = 0);

}  // namespace latchkey::sql
