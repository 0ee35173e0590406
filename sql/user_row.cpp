#include "sql/user_row.h"

namespace latchkey::sql {

User read_user(const Row& row, int first) {
  return {
      .id = row.int64(first),
      .email = row.text(first + 1),
      .email_verified_at = row.optional_timestamp(first + 2),
      .password_hash = row.optional_text(first + 3),
      .name = row.text(first + 4),
      .avatar_url = row.text(first + 5),
      .is_staff = row.boolean(first + 6),
      .is_superuser = row.boolean(first + 7),
      .disabled_at = row.optional_timestamp(first + 8),
      .created_at = row.timestamp(first + 9),
      .last_login_at = row.optional_timestamp(first + 10),
      .merged_into = row.optional_int64(first + 11),
  };
}

}  // namespace latchkey::sql
