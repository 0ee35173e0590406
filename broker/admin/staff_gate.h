// The door of every administrative route: who may read, who may change, and how a change is asked
// for and answered. A route behind it only says what to read or which change to make.
#pragma once

#include <functional>
#include <string>

#include "broker/admin/change_desk.h"
#include "broker/http/router.h"
#include "sessions/session_service.h"

namespace latchkey::broker::admin {

class StaffGate {
 public:
  // Carries the change out through the ChangeDesk; `body` is an object, or nothing.
  using Changer =
      std::function<tl::expected<Report, Refusal>(const http::Request&, JsonView, const Order&)>;
  struct ChangeRoute {
    http::Method method;
    std::string pattern;
    Changer change;
    int status = 200;  // of the answer after a commit
  };

  explicit StaffGate(const sessions::SessionService& sessions) : sessions_(sessions) {}

  // A GET for staff.
  void mount_read(http::Router& router, std::string pattern, http::Handler read) const;
  // Staff who have logged in lately and say why: `reason` in the body or, for DELETE, in the query.
  // Answers Report::answer, or with ?dry_run=1 what would change.
  void mount_change(http::Router& router, ChangeRoute route) const;

 private:
  [[nodiscard]] http::Response answer_change(const ChangeRoute& route,
                                             const http::Request& request) const;

  const sessions::SessionService& sessions_;
};

// {"dry_run","changes":[{"action","user_id","provider","subject","before","after"}],"warnings":[…]}
// and, where there are a Report::preview and, after a commit, a Report::answer, "report" and
// "result".
std::string report_json(const Report& report, bool dry_run);

// The answer to whoever was refused: with the field at fault, if there is one.
http::Response refused(const Refusal& refusal, const http::Request& request);

// The positive number in `text`; not_found when it is none, like any address of nothing.
Result<std::int64_t> parse_id(const std::string& text, ErrorCode otherwise);

}  // namespace latchkey::broker::admin
