// The whole service in this process: a database of its own, the dev provider, the production
// composition root and HTTP server, all on real sockets. Only the clock can be moved.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/random.h"
#include "broker/app.h"
#include "broker/http/server.h"
#include "config/config.h"
#include "providers/dev/dev_provider.h"
#include "tests/integration/browser.h"
#include "tests/support/test_database.h"

namespace latchkey::test {

// The system's time, moved forward by a test. (A clock that stands still would not do: the dev
// provider's ID tokens carry real times.)
class MovableClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return system_.now() + offset(); }
  [[nodiscard]] MonotonicPoint monotonic() const override { return system_.monotonic() + offset(); }
  void advance(Duration by) { offset_ += by.count(); }

 private:
  [[nodiscard]] Duration offset() const { return Duration(offset_.load()); }
  SystemClock system_;
  std::atomic<Duration::rep> offset_{0};
};

class Service {
 public:
  using Adjust = std::function<void(config::Config&)>;

  // On a database of its own; `adjust` changes the configuration of all three stand-ins.
  explicit Service(const Adjust& adjust = {});
  // On the database of that URL, whose schema is current.
  Service(const Secret& database_url, const Adjust& adjust);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Starts the threads that nobody waits for, among them the sender of mails, as `latchkey serve`
  // does; without it a test decides what happens when.
  void start_maintenance() { app_->start_maintenance(); }

  [[nodiscard]] const std::string& url() const { return config_.server.public_url; }
  [[nodiscard]] Browser browser() const { return Browser(url()); }
  [[nodiscard]] const std::string& dev_url() const { return dev_url_; }
  [[nodiscard]] const broker::http::Router& router() const { return app_->router(); }
  [[nodiscard]] const config::Config& config() const { return config_; }
  // Direct access, to arrange what a test needs and to see what is left behind.
  [[nodiscard]] std::unique_ptr<sql::Connection> database() const;

  // From now on this person says yes at every stand-in without a page.
  void approve_as(const std::string& person) const;
  // The next `times` requests of the stand-in meet this fault.
  void order_fault(const std::string& provider, const std::string& fault, int times = 1) const;
  // How often the stand-in's endpoint was asked.
  [[nodiscard]] std::int64_t requests(const std::string& provider,
                                      const std::string& endpoint) const;

  // A local user with a verified address, unless said otherwise.
  struct UserOptions {
    std::string email;
    std::string password;  // empty: none
    bool verified = true;
    bool staff = false;
    bool disabled = false;
  };
  sql::UserId add_user(const UserOptions& options) const;
  // Rows of a table.
  [[nodiscard]] std::int64_t count(const std::string& table) const;

  MovableClock clock;

 private:
  void start(const Adjust& adjust);

  std::unique_ptr<TestDatabase> database_;  // null when somebody else's is used
  std::unique_ptr<providers::dev::DevProvider> dev_;
  std::string dev_url_;
  config::Config config_;
  SystemRandom random_;
  broker::http::Server server_;
  std::unique_ptr<broker::App> app_;
  std::thread thread_;
};

// Begins at the provider's button and answers where the provider sends the browser back to.
std::string callback_url_of(Browser& browser, const std::string& provider,
                            const std::string& next = "");
// The whole trip: the answer of the callback.
Answer sign_in(Browser& browser, const std::string& provider, const std::string& next = "");
Answer log_in(Browser& browser, const std::string& email, const std::string& password);
// The value of a query parameter of a URL, decoded, or "".
std::string query_value(const std::string& url, std::string_view name);

}  // namespace latchkey::test
