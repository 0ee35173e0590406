#include "broker/account_merge.h"

#include <functional>

#include "base/try.h"
#include "broker/admin/form.h"
#include "broker/admin/merge_routes.h"
#include "broker/admin/staff_gate.h"
#include "broker/visitor_answers.h"
#include "sql/identities.h"
#include "sql/users.h"

namespace latchkey::broker {
namespace {

using admin::Refusal;
using http::Method;
using http::Request;
using http::Response;

struct Wish {
  bool confirmed = false;  // else the visitor is only told what would happen
  admin::MergeRequest merge;
};

// Nobody merges past a conflict on their own.
tl::expected<Wish, Refusal> read_wish(JsonView body) {
  Wish wish;
  LATCHKEY_TRY_ASSIGN(const auto confirmed, admin::flag(body, "confirm"));
  LATCHKEY_TRY(admin::read_manner(body, wish.merge));
  wish.confirmed = confirmed.value_or(false);
  wish.merge.force = false;
  return wish;
}

// Who would be merged, and what that changes. Whoever has just come in at the provider as that user
// may see what the user's own account would show.
std::string preview_json(const sql::User& other, const std::string& report) {
  JsonWriter json;
  json.begin_object().field("dry_run", true).key("other").begin_object();
  write_user(json, other);
  json.end_object().key("report").raw(report).end_object();
  return json.text();
}

}  // namespace

void AccountMerge::mount(http::Router& router) {
  router.add({.method = Method::post,
              .pattern = "/api/account/merge/",
              .session = http::SessionNeed::required,
              .handler = std::bind_front(&AccountMerge::merge, this)});
}

Result<sql::User> AccountMerge::other_user(const Request& request) const {
  const auto offer = parts_.offers.find(request.cookies, *request.session);
  if (!offer) return fail(ErrorCode::no_merge_offer);
  auto lease = parts_.pool.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  const auto identity = sql::identities::find(**lease, offer->provider, offer->subject);
  if (!identity) return fail(sql::to_error(identity.error()));
  // Unlinked, or the visitor's own by now.
  if (!*identity || (*identity)->user_id == request.session->user.id) {
    return fail(ErrorCode::no_merge_offer);
  }
  auto other = sql::users::find_by_id(**lease, (*identity)->user_id);
  if (!other) return fail(sql::to_error(other.error()));
  if (!*other) return fail(ErrorCode::no_merge_offer);
  return std::move(**other);
}

Response AccountMerge::merge(const Request& request) {
  if (!parts_.sessions.recently_authenticated(*request.session)) {
    return http::error_response({ErrorCode::reauthentication_required}, request);
  }
  std::optional<JsonDocument> document;
  if (!request.body.empty()) {
    auto parsed = request.json_object();
    if (!parsed) return http::error_response(parsed.error(), request);
    document = std::move(*parsed);
  }
  auto wish = read_wish(document ? document->root() : JsonView());
  if (!wish) return admin::refused(wish.error(), request);
  const auto other = other_user(request);
  if (!other) return http::error_response(other.error(), request);
  // Also without a commit: nobody comes in as them, so nobody is shown who they are.
  if (other->disabled()) {
    return http::form_error_response(
        ErrorCode::merge_conflict,
        "The other account is disabled. Only the people who run this service can merge it.", {},
        request);
  }

  const sql::User& user = request.session->user;
  wish->merge.from = other->id;
  wish->merge.into = user.id;
  const auto report = parts_.desk.merge({.actor = {.user = user.id,
                                                   .name = user.email,
                                                   .visitor = visitor_of(request),
                                                   .on_own_behalf = true},
                                         .reason = "merged: the visitor proved both accounts",
                                         .dry_run = !wish->confirmed},
                                        wish->merge);
  if (!report) return admin::refused(report.error(), request);
  return {.status = 200,
          .content_type = "application/json",
          .body = wish->confirmed ? report->answer : preview_json(*other, report->preview)};
}

}  // namespace latchkey::broker
