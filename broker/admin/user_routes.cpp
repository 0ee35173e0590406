#include "broker/admin/user_routes.h"

#include "base/try.h"
#include "broker/admin/form.h"
#include "broker/admin/new_password.h"
#include "broker/admin/user_json.h"

namespace latchkey::broker::admin {
namespace {

using http::Method;
using http::Request;
using http::Response;

tl::expected<UserUpdate, Refusal> read_update(JsonView body) {
  UserUpdate update;
  LATCHKEY_TRY_ASSIGN(update.disabled, flag(body, "disabled"));
  LATCHKEY_TRY_ASSIGN(update.staff, flag(body, "is_staff"));
  LATCHKEY_TRY_ASSIGN(update.email, text(body, "email"));
  LATCHKEY_TRY_ASSIGN(update.verified, flag(body, "verified"));
  LATCHKEY_TRY_ASSIGN(update.name, text(body, "name"));
  return update;
}

}  // namespace

void UserRoutes::mount(http::Router& router) {
  const StaffGate& gate = parts_.gate;
  gate.mount_read(router, "/api/admin/users/", std::bind_front(&UserRoutes::list, this));
  gate.mount_read(router, "/api/admin/users/{id}/", std::bind_front(&UserRoutes::show, this));
  gate.mount_read(router, "/api/admin/users/{id}/sessions/",
                  std::bind_front(&UserRoutes::sessions, this));
  gate.mount_change(router, {.method = Method::post,
                             .pattern = "/api/admin/users/",
                             .change = std::bind_front(&UserRoutes::create, this),
                             .status = 201});
  gate.mount_change(router, {.method = Method::patch,
                             .pattern = "/api/admin/users/{id}/",
                             .change = std::bind_front(&UserRoutes::update, this)});
  gate.mount_change(router, {.method = Method::del,
                             .pattern = "/api/admin/users/{id}/sessions/",
                             .change = std::bind_front(&UserRoutes::end_sessions, this)});
  gate.mount_change(router, {.method = Method::del,
                             .pattern = "/api/admin/users/{id}/sessions/{session_id}/",
                             .change = std::bind_front(&UserRoutes::end_sessions, this)});
}

Response UserRoutes::list(const Request& request) const {
  const auto page = find(request);
  if (!page) return http::error_response(page.error(), request);
  JsonWriter json;
  json.begin_object().key("results").begin_array();
  for (const sql::User& user : page->users) write_listed_user(json, user);
  json.end_array().field("next", page->next).end_object();
  return http::json_response(200, json);
}

Result<UserPage> UserRoutes::find(const Request& request) const {
  UserQuery query;
  LATCHKEY_TRY_ASSIGN(const auto search, request.single("search"));
  LATCHKEY_TRY_ASSIGN(const auto page, request.single("page"));
  LATCHKEY_TRY_ASSIGN(query.filter.provider, wanted_text(request, "provider"));
  LATCHKEY_TRY_ASSIGN(query.filter.disabled, wanted_flag(request, "disabled"));
  LATCHKEY_TRY_ASSIGN(query.filter.staff, wanted_flag(request, "staff"));
  query.search = search.value_or("");
  query.page = page.value_or("");
  auto lease = parts_.pool.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  return find_users(**lease, query);
}

Response UserRoutes::show(const Request& request) const {
  const auto found = detail(request);
  if (!found) return http::error_response(found.error(), request);
  return {.status = 200, .content_type = "application/json", .body = detail_json(*found)};
}

Response UserRoutes::sessions(const Request& request) const {
  const auto found = detail(request);
  if (!found) return http::error_response(found.error(), request);
  JsonWriter json;
  json.begin_object().key("results");
  write_sessions(json, found->sessions);
  json.key("next").null().end_object();
  return http::json_response(200, json);
}

Result<UserDetail> UserRoutes::detail(const Request& request) const {
  LATCHKEY_TRY_ASSIGN(const std::int64_t id, parse_id(request.id, ErrorCode::user_unknown));
  auto lease = parts_.pool.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  return read_detail(**lease, id, parts_.clock.now(), parts_.config.session.idle_timeout);
}

tl::expected<Report, Refusal> UserRoutes::create(const Request&, JsonView body,
                                                 const Order& order) {
  NewUserRequest wanted;
  LATCHKEY_TRY_ASSIGN(const auto email, text(body, "email"));
  LATCHKEY_TRY_ASSIGN(const auto name, text(body, "name"));
  LATCHKEY_TRY_ASSIGN(const auto staff, flag(body, "is_staff"));
  LATCHKEY_TRY_ASSIGN(const auto verified, flag(body, "verified"));
  LATCHKEY_TRY_ASSIGN(const auto password, text(body, "password"));
  wanted.email = email.value_or("");
  wanted.name = name.value_or("");
  wanted.staff = staff.value_or(false);
  wanted.verified = verified.value_or(false);
  if (password) {
    LATCHKEY_TRY_ASSIGN(
        wanted.password_hash,
        hash_new_password(parts_.hasher, parts_.config.accounts, Secret(*password), wanted.email));
  }
  return parts_.changes.create(order, wanted);
}

tl::expected<Report, Refusal> UserRoutes::update(const Request& request, JsonView body,
                                                 const Order& order) {
  LATCHKEY_TRY_ASSIGN(const std::int64_t id, id_in(request.id, ErrorCode::user_unknown));
  LATCHKEY_TRY_ASSIGN(const UserUpdate wanted, read_update(body));
  return parts_.changes.update(order, id, wanted);
}

tl::expected<Report, Refusal> UserRoutes::end_sessions(const Request& request, JsonView,
                                                       const Order& order) {
  LATCHKEY_TRY_ASSIGN(const std::int64_t id, id_in(request.id, ErrorCode::user_unknown));
  std::optional<std::int64_t> session;
  if (!request.item.empty()) {
    LATCHKEY_TRY_ASSIGN(session, id_in(request.item, ErrorCode::session_unknown));
  }
  return parts_.changes.end_sessions(order, id, session);
}

}  // namespace latchkey::broker::admin
