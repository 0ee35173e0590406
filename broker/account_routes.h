// Who am I: the account a session speaks for, as its own JSON.
#pragma once

#include "broker/http/router.h"
#include "broker/visitor_answers.h"
#include "sql/pool.h"

namespace latchkey::broker {

class AccountRoutes {
 public:
  explicit AccountRoutes(sql::Pool& pool) : pool_(pool) {}
  void mount(http::Router& router);

 private:
  http::Response show_account(const http::Request& request);

  sql::Pool& pool_;
};

}  // namespace latchkey::broker
