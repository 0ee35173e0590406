#include "broker/admin/merge_routes.h"

#include <functional>

#include "base/try.h"
#include "broker/admin/form.h"
#include "broker/admin/id_page.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker::admin {
namespace {

using http::Method;
using http::Request;
using http::Response;

void write_merge(JsonWriter& json, const sql::Merge& merge) {
  json.begin_object()
      .field("id", merge.id)
      .field("from", merge.source_id)
      .field("into", merge.target_id)
      .field("merged_at", rfc3339(merge.merged_at))
      .field("actor", merge.actor_name)
      .field("actor_id", merge.actor_id)
      .field("reason", merge.reason)
      .field("undoable_until", rfc3339(merge.merged_at + MergeDesk::kUndoable))
      .field("undone_at", merge.undone_at ? std::optional(rfc3339(*merge.undone_at)) : std::nullopt)
      .field("undone_by", merge.undone_by)
      .key("undo_report");
  merge.undo_report.empty() ? json.null() : json.raw(merge.undo_report);
  json.end_object();
}

}  // namespace

tl::expected<void, Refusal> read_manner(JsonView body, MergeRequest& request) {
  LATCHKEY_TRY_ASSIGN(const auto sessions, text(body, "sessions"));
  LATCHKEY_TRY_ASSIGN(const auto password, text(body, "password"));
  LATCHKEY_TRY_ASSIGN(const auto force, flag(body, "force"));
  if (sessions && *sessions != "revoke" && *sessions != "move") {
    return refuse("sessions", "This must be \"revoke\" or \"move\".");
  }
  if (password && *password != "keep" && *password != "take") {
    return refuse("password", "This must be \"keep\" or \"take\".");
  }
  if (sessions == "move") request.sessions = MergedSessions::move;
  request.take_password = password == "take";
  request.force = force.value_or(false);
  return {};
}

void MergeRoutes::mount(http::Router& router) {
  gate_.mount_change(router, {.method = Method::post,
                              .pattern = "/api/admin/users/{id}/merge/",
                              .change = std::bind_front(&MergeRoutes::merge, this)});
  gate_.mount_change(router, {.method = Method::post,
                              .pattern = "/api/admin/merges/{id}/undo/",
                              .change = std::bind_front(&MergeRoutes::undo, this)});
  gate_.mount_read(router, "/api/admin/merges/", std::bind_front(&MergeRoutes::list, this));
}

tl::expected<Report, Refusal> MergeRoutes::merge(const Request& request, JsonView body,
                                                 const Order& order) {
  MergeRequest wanted;
  LATCHKEY_TRY_ASSIGN(wanted.from, id_in(request.id, ErrorCode::user_unknown));
  const auto into = body["into"].integer();
  if (!into || *into <= 0) return refuse("into", "Say which user it becomes part of: an id.");
  wanted.into = *into;
  LATCHKEY_TRY(read_manner(body, wanted));
  return desk_.merge(order, wanted);
}

tl::expected<Report, Refusal> MergeRoutes::undo(const Request& request, JsonView,
                                                const Order& order) {
  LATCHKEY_TRY_ASSIGN(const std::int64_t merge, id_in(request.id, ErrorCode::not_found));
  return desk_.undo(order, merge);
}

Response MergeRoutes::list(const Request& request) const {
  auto merges = find(request);
  if (!merges) return http::error_response(merges.error(), request);
  return id_page(std::move(*merges), write_merge);
}

Result<std::vector<sql::Merge>> MergeRoutes::find(const Request& request) const {
  LATCHKEY_TRY_ASSIGN(const auto user, wanted_text(request, "user"));
  LATCHKEY_TRY_ASSIGN(const std::int64_t before, wanted_place(request));
  std::optional<sql::UserId> id;
  if (user) {
    LATCHKEY_TRY_ASSIGN(id, parse_id(*user, ErrorCode::parameters_invalid));
  }
  auto lease = pool_.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  auto merges = sql::merges::list(**lease, id, before, kPageSize + 1);
  if (!merges) return fail(sql::to_error(merges.error()));
  return std::move(*merges);
}

}  // namespace latchkey::broker::admin
