#include "broker/commands/report_text.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/json.h"
#include "base/try.h"
#include "broker/admin/staff_gate.h"
#include "broker/commands/terminal.h"

namespace latchkey::broker::commands {
namespace {

// Of Latchkey's own making: a merge of very many identities is long.
constexpr std::size_t kMaxState = std::size_t{16} * 1024 * 1024;

std::string text_of(JsonView value);

std::string list_text(JsonView list) {
  std::string text;
  for (const JsonView item : list.items()) text.append(text.empty() ? "" : ", ") += text_of(item);
  return text.empty() ? "none" : text;
}

// An identity by its two names; nothing for other objects, which are told of elsewhere.
std::string object_text(JsonView object) {
  const auto provider = object["provider"].string();
  const auto subject = object["subject"].string();
  if (!provider || !subject) return {};
  return std::string(*provider).append(":").append(*subject);
}

std::string text_of(JsonView value) {
  if (const auto text = value.string()) return std::string(*text);
  if (const auto number = value.integer()) return std::to_string(*number);
  if (const auto yes = value.boolean()) return *yes ? "yes" : "no";
  if (value.is_array()) return list_text(value);
  if (value.is_object()) return object_text(value);
  return "none";
}

void print_member(std::string_view name, const std::string& text) {
  if (text.empty()) return;
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  fmt::print("    {}: {}\n", words, shown(text));
}

// Everything of what appears or goes, and of what stays what is different.
Status print_state(const admin::Change& change) {
  if (change.before.empty() && change.after.empty()) return {};
  if (change.before.empty() || change.after.empty()) {
    const std::string& only = change.before.empty() ? change.after : change.before;
    LATCHKEY_TRY_ASSIGN(const JsonDocument state, JsonDocument::parse(only, kMaxState));
    for (const auto& [name, value] : state.root().members()) print_member(name, text_of(value));
    return {};
  }
  LATCHKEY_TRY_ASSIGN(const JsonDocument before, JsonDocument::parse(change.before, kMaxState));
  LATCHKEY_TRY_ASSIGN(const JsonDocument after, JsonDocument::parse(change.after, kMaxState));
  for (const auto& [name, value] : after.root().members()) {
    const std::string was = text_of(before.root()[name]);
    const std::string is = text_of(value);
    if (was != is) print_member(name, fmt::format("{} -> {}", was, is));
  }
  return {};
}

Status print_change(const admin::Change& change) {
  fmt::print("{}  user {}", change.action, change.user);
  if (!change.provider.empty()) fmt::print("  {}", change.provider);
  if (!change.subject.empty()) fmt::print(":{}", shown(change.subject));
  fmt::print("\n");
  return print_state(change);
}

// What a merge moves or an undo gives back, and whether the merge would be refused.
Status print_preview(const std::string& preview, bool dry_run) {
  if (preview.empty()) return {};
  LATCHKEY_TRY_ASSIGN(const JsonDocument document, JsonDocument::parse(preview, kMaxState));
  for (const char* part : {"moved", "restored"}) {
    const auto members = document.root()[part].members();
    if (!members.empty()) fmt::print("{}\n", part);
    for (const auto& [name, value] : members) print_member(name, text_of(value));
  }
  const auto conflicts = document.root()["conflicts"].items();
  const bool blocked = std::any_of(conflicts.begin(), conflicts.end(), [](JsonView conflict) {
    return conflict["blocking"].boolean() == true;
  });
  if (dry_run && blocked) print_warning("This is refused without --force.");
  return {};
}

Status print_way_back(const admin::Report& report) {
  if (report.changes.front().action != "user.merge") return {};
  LATCHKEY_TRY_ASSIGN(const JsonDocument answer, JsonDocument::parse(report.answer, kMaxState));
  fmt::print("`latchkey user undo {}` takes this back for 30 days.\n",
             text_of(answer.root()["merge_id"]));
  return {};
}

Status print_report(const admin::Report& report, bool dry_run) {
  if (report.changes.empty()) {
    fmt::print("Nothing to change.\n");
    return {};
  }
  if (dry_run) fmt::print("Nothing has changed. This is what would (new numbers will differ):\n");
  for (const admin::Change& change : report.changes) LATCHKEY_TRY(print_change(change));
  LATCHKEY_TRY(print_preview(report.preview, dry_run));
  return dry_run ? Status() : print_way_back(report);
}

}  // namespace

Done tell(const tl::expected<admin::Report, admin::Refusal>& outcome,
          const ChangeOptions& options) {
  if (!outcome) return tl::unexpected<Complaint>(Complaint(outcome.error()));
  if (options.as_json) {
    fmt::print("{}\n", shown_json(admin::report_json(*outcome, options.dry_run)));
  } else {
    LATCHKEY_TRY(print_report(*outcome, options.dry_run));
  }
  for (const std::string& warning : outcome->warnings) print_warning(warning);
  return {};
}

}  // namespace latchkey::broker::commands
