// Passes a failure on to the caller. For functions that return Result<…> or sql::Outcome<…> and
// call several of their kind in a row.
//   LATCHKEY_TRY(users::set_password_hash(db, id, hash));
//   LATCHKEY_TRY_ASSIGN(const sql::User user, users::insert(db, new_user));
#pragma once

#include <utility>

#include <tl/expected.hpp>

#define LATCHKEY_TRY_CONCAT_(a, b) a##b
#define LATCHKEY_TRY_NAME_(line) LATCHKEY_TRY_CONCAT_(latchkey_try_, line)

#define LATCHKEY_TRY(expression)                                          \
  do {                                                                    \
    if (auto latchkey_try = (expression); !latchkey_try) {                \
      return tl::unexpected<typename decltype(latchkey_try)::error_type>( \
          std::move(latchkey_try).error());                               \
    }                                                                     \
  } while (false)

#define LATCHKEY_TRY_ASSIGN(declaration, expression)                                    \
  auto LATCHKEY_TRY_NAME_(__LINE__) = (expression);                                     \
  if (!LATCHKEY_TRY_NAME_(__LINE__)) {                                                  \
    return tl::unexpected<typename decltype(LATCHKEY_TRY_NAME_(__LINE__))::error_type>( \
        std::move(LATCHKEY_TRY_NAME_(__LINE__)).error());                               \
  }                                                                                     \
  declaration = *std::move(LATCHKEY_TRY_NAME_(__LINE__))
