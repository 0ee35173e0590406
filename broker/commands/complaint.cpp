#include "broker/commands/complaint.h"

#include <cstdio>

#include <fmt/core.h>

#include "broker/commands/terminal.h"

namespace latchkey::broker::commands {
namespace {

std::string unreachable(const std::string& detail) {
  return "The database cannot be reached; see that PostgreSQL runs and that database.url leads to "
         "it (" +
         detail + ").";
}

std::string unusable(const std::string& detail) {
  return "The database cannot be used: " + detail + ".";
}

// describe() speaks to visitors and to the administration's page; whoever sits at a terminal has
// other ways on.
std::string sentence_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::store_unavailable:
      return unreachable(error.detail);
    case ErrorCode::internal_error:
      return unusable(error.detail);
    case ErrorCode::parameters_invalid:
      return "The text to search for is too long; 254 bytes are the most.";
    case ErrorCode::email_in_use:
      return "A user has this address already; `latchkey user show` with the address tells who.";
    case ErrorCode::last_login_method:
      return "This is the last way in of the user who has it; set a password or link another "
             "identity first, or repeat this with --force.";
    case ErrorCode::not_found:
      return "There is no such merge; `latchkey user show` names those of a user.";
    default:
      return std::string(describe(error.code).sentence);
  }
}

ExitCode exit_code_of(const Error& error) {
  const bool failed =
      error.code == ErrorCode::store_unavailable || error.code == ErrorCode::internal_error;
  return failed ? kDatabaseFailed : kRefused;
}

// A field of the API is an option here, and what the API offers beside it is one too.
std::string sentence_of(const admin::Refusal& refusal) {
  if (refusal.sentence.empty()) return sentence_of(refusal.error);
  switch (refusal.error.code) {
    case ErrorCode::identity_in_use:
      return refusal.sentence + " `latchkey user move` gives it to this one.";
    case ErrorCode::merge_conflict:
      return refusal.sentence + " Repeat this with --force if you mean it.";
    case ErrorCode::user_merged:
      return refusal.sentence + " Undo that merge first, or work on the other user.";
    case ErrorCode::validation_failed:
      // The sentence about a password says so itself.
      return refusal.field == "password" ? refusal.sentence
                                         : refusal.field + ": " + refusal.sentence;
    default:
      return refusal.sentence;
  }
}

void print_line(std::string_view kind, std::string_view sentence) {
  (void)std::fflush(stdout);  // so that both come in order where they go to the same place
  fmt::print(stderr, "{}{}\n", kind, shown(sentence));
}

}  // namespace

Complaint::Complaint(const sql::Failure& failure) : Complaint(sql::to_error(failure)) {}

Complaint::Complaint(const Error& error) : Complaint(exit_code_of(error), sentence_of(error)) {}

Complaint::Complaint(const admin::Refusal& refusal)
    : Complaint(exit_code_of(refusal.error), sentence_of(refusal)) {}

void print_error(std::string_view sentence) { print_line("error: ", sentence); }

void print_warning(std::string_view sentence) { print_line("warning: ", sentence); }

void print_note(std::string_view sentence) { print_line("", sentence); }

}  // namespace latchkey::broker::commands
