// What the use cases of an account answer: a value, or why the form is not accepted, with the field
// that is at fault where there is one.
#pragma once

#include <string>
#include <utility>

#include "base/error.h"
#include "sql/connection.h"

namespace latchkey::broker {

struct FormFault {
  FormFault(Error fault) : error(std::move(fault)) {}  // NOLINT(google-explicit-constructor)
  FormFault(const sql::Failure& failure)               // NOLINT(google-explicit-constructor)
      : error(sql::to_error(failure)) {}
  FormFault(std::string at, std::string why)
      : error{ErrorCode::validation_failed}, field(std::move(at)), sentence(std::move(why)) {}

  Error error;
  std::string field;     // empty: none in particular
  std::string sentence;  // what to tell the person who filled it in
};

template <class T>
using FormResult = tl::expected<T, FormFault>;

inline tl::unexpected<FormFault> field_fault(std::string field, std::string sentence) {
  return tl::unexpected<FormFault>(FormFault(std::move(field), std::move(sentence)));
}

}  // namespace latchkey::broker
