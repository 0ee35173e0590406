// Why a command has not done what it was asked to: one sentence for stderr, and the code to leave
// with. What the store, the rules of the administration and the configuration answer converts to
// it, so LATCHKEY_TRY works as everywhere.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "base/error.h"
#include "broker/admin/change_desk.h"
#include "sql/connection.h"

namespace latchkey::broker::commands {

enum ExitCode : int {
  kDone = 0,
  kRefused = 1,        // not as things are: no such user, an identity in use, …
  kMisused = 2,        // the command line or the configuration is wrong
  kDatabaseFailed = 3  // the database cannot be reached or used; nothing has changed
};

class Complaint {
 public:
  Complaint(ExitCode code, std::string sentence) : code_(code), sentence_(std::move(sentence)) {}
  Complaint(const sql::Failure& failure);    // NOLINT: converts
  Complaint(const Error& error);             // NOLINT: converts
  Complaint(const admin::Refusal& refusal);  // NOLINT: converts

  [[nodiscard]] ExitCode code() const { return code_; }
  [[nodiscard]] const std::string& sentence() const { return sentence_; }

 private:
  ExitCode code_;
  std::string sentence_;
};

template <class T>
using Attempt = tl::expected<T, Complaint>;
using Done = Attempt<void>;

inline tl::unexpected<Complaint> complain(ExitCode code, std::string sentence) {
  return tl::unexpected<Complaint>(Complaint(code, std::move(sentence)));
}

// "error: …" and "warning: …" on stderr, fit for a terminal.
void print_error(std::string_view sentence);
void print_warning(std::string_view sentence);
// Something to know beside the answer, on stderr, so that stdout holds the answer only.
void print_note(std::string_view sentence);

}  // namespace latchkey::broker::commands
