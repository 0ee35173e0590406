// The table of routes: which handler answers which method and path, and what each demands of the
// request before it is called. The order of registration does not matter; no two routes overlap.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker/http/message.h"

namespace latchkey::broker::http {

// A plain function of request to answer. It may block, runs on any thread, and assumes nothing of
// the connection.
using Handler = std::function<Response(const Request&)>;

// Whether the dispatcher looks the session up before it calls the handler.
enum class SessionNeed {
  none,      // never (unless CSRF must know, on unsafe methods)
  optional,  // when the request carries the cookie; store down: 503
  required,  // anonymous: 403 not_authenticated
};

struct Route {
  Method method;
  std::string pattern;  // "/auth/{provider}/login"; a trailing slash is tolerated in requests
  SessionNeed session = SessionNeed::none;
  Handler handler;
  // An unsafe request of this route completes an OAuth flow, whose state guards it instead of the
  // CSRF token (the origin is checked all the same).
  bool flow_guarded = false;
};

class Router {
 public:
  void add(Route route);

  struct Match {
    const Route* route = nullptr;  // null: no such route
    std::string allow;             // set when the path is known but not by this method
    std::string provider, id;      // path parameters
    std::string item;              // any other
  };
  // GET routes answer HEAD too.
  [[nodiscard]] Match match(Method method, std::string_view path) const;

  // All of them, in no order; valid until the next add().
  [[nodiscard]] std::vector<const Route*> routes() const;

 private:
  struct Entry {
    std::vector<std::string> segments;  // "{provider}" and "{id}" stand for any
    std::vector<Route> routes;          // one per method
  };
  std::unordered_map<std::string, Entry> literal_;  // without parameters, by path
  std::vector<Entry> parametric_;
};

}  // namespace latchkey::broker::http
