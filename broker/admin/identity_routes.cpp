#include "broker/admin/identity_routes.h"

#include <functional>

#include "base/try.h"
#include "broker/admin/form.h"

namespace latchkey::broker::admin {

using http::Method;
using http::Request;

void IdentityRoutes::mount(http::Router& router) {
  gate_.mount_change(router, {.method = Method::post,
                              .pattern = "/api/admin/users/{id}/identities/",
                              .change = std::bind_front(&IdentityRoutes::add, this)});
  gate_.mount_change(router, {.method = Method::del,
                              .pattern = "/api/admin/users/{id}/identities/{identity_id}/",
                              .change = std::bind_front(&IdentityRoutes::unlink, this)});
  gate_.mount_change(router, {.method = Method::del,
                              .pattern = "/api/admin/users/{id}/preauthorised/{preauthorised_id}/",
                              .change = std::bind_front(&IdentityRoutes::revoke, this)});
}

tl::expected<Report, Refusal> IdentityRoutes::add(const Request& request, JsonView body,
                                                  const Order& order) {
  LATCHKEY_TRY_ASSIGN(const std::int64_t user, id_in(request.id, ErrorCode::user_unknown));
  LATCHKEY_TRY_ASSIGN(const auto provider, text(body, "provider"));
  LATCHKEY_TRY_ASSIGN(const auto subject, text(body, "subject"));
  LATCHKEY_TRY_ASSIGN(const auto email, text(body, "email"));
  LATCHKEY_TRY_ASSIGN(const auto move, flag(body, "move"));
  LATCHKEY_TRY_ASSIGN(const auto force, flag(body, "force"));
  if (subject && email) return refuse("email", "Give the subject or the e-mail address, not both.");
  if (email) {
    return changes_.preauthorise(order, {.user = user,
                                         .provider = provider.value_or(""),
                                         .email = *email,
                                         .move = move.value_or(false)});
  }
  return changes_.link(order, {.user = user,
                               .provider = provider.value_or(""),
                               .subject = subject.value_or(""),
                               .move = move.value_or(false),
                               .force = force.value_or(false)});
}

tl::expected<Report, Refusal> IdentityRoutes::unlink(const Request& request, JsonView body,
                                                     const Order& order) {
  LATCHKEY_TRY_ASSIGN(const std::int64_t user, id_in(request.id, ErrorCode::user_unknown));
  LATCHKEY_TRY_ASSIGN(const std::int64_t identity, id_in(request.item, ErrorCode::not_found));
  LATCHKEY_TRY_ASSIGN(const auto force, flag(body, "force"));
  return changes_.unlink(order,
                         {.user = user, .identity = identity, .force = force.value_or(false)});
}

tl::expected<Report, Refusal> IdentityRoutes::revoke(const Request& request, JsonView,
                                                     const Order& order) {
  LATCHKEY_TRY_ASSIGN(const std::int64_t user, id_in(request.id, ErrorCode::user_unknown));
  LATCHKEY_TRY_ASSIGN(const std::int64_t preauthorised, id_in(request.item, ErrorCode::not_found));
  return changes_.revoke_preauthorisation(order, user, preauthorised);
}

}  // namespace latchkey::broker::admin
