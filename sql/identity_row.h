// The columns of an identity and their reader, side by side, for the statements that answer
// identities. Internal to this room.
#pragma once

#include "sql/identities.h"
#include "sql/value.h"

// A macro, because only literals join into a Statement's text.
#define LATCHKEY_IDENTITY_COLUMNS                                                \
  "identities.id, identities.user_id, identities.provider, identities.subject, " \
  "identities.email, identities.email_verified, identities.linked_at, "          \
  "identities.last_used_at"

namespace latchkey::sql {

// Reads LATCHKEY_IDENTITY_COLUMNS, the first of which is column `first`.
inline IdentityRow read_identity(const Row& row, int first = 0) {
  return {
      .id = row.int64(first),
      .user_id = row.int64(first + 1),
      .provider = row.text(first + 2),
      .subject = row.text(first + 3),
      .email = row.text(first + 4),
      .email_verified = row.boolean(first + 5),
      .linked_at = row.timestamp(first + 6),
      .last_used_at = row.optional_timestamp(first + 7),
  };
}

}  // namespace latchkey::sql
