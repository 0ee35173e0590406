// The composition root: makes every part of the service from a configuration and mounts the routes.
// Parts know only what they are given here.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/random.h"
#include "broker/http/dispatcher.h"
#include "broker/http/request_sink.h"
#include "config/config.h"

namespace latchkey::broker {

class App {
 public:
  // Goes to no network and no database: both may be down when the service starts. `config`, `clock`
  // and `random` outlive the App.
  App(const config::Config& config, const Clock& clock, Random& random);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  [[nodiscard]] const http::Dispatcher& dispatcher() const;
  [[nodiscard]] const http::Router& router() const;
  // Asked on the connection loop before the workers.
  [[nodiscard]] http::LoopHandler& loop_handler();
  // Starts the threads of maintenance and, where configured, webhooks, which live as long as the App.
  void start_maintenance();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace latchkey::broker
