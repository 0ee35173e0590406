// Sends the outbox of webhooks to `admin.webhook_url`, on a thread of its own: one event at a time,
// signed, in order per user, again with growing pauses until a day has passed. Several instances
// share the work; none of them waits for a receiver with a connection of the pool in its hands.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "config/config.h"
#include "providers/http_client.h"
#include "sql/pool.h"
#include "sql/webhooks.h"

namespace latchkey::broker {

// The value of the header Latchkey-Signature: "t=<unix seconds>,v1=<hex of
// HMAC-SHA256(secret, "<unix seconds>.<body>")>".
std::string webhook_signature(const Secret& secret, TimePoint at, std::string_view body);

class WebhookSender {
 public:
  struct Parts {
    sql::Pool& pool;
    providers::HttpClient& http;
    const config::Admin& config;
    const Clock& clock;
  };
  // How long an attempt may take before another instance may try: more than the client's time-out.
  static constexpr std::chrono::seconds kLease{60};
  // How long after it was queued an event is tried at all.
  static constexpr std::chrono::hours kPatience{24};
  // For which time events that came to an end stay, to be seen and replayed.
  static constexpr std::chrono::hours kRetention{24 * 30};

  explicit WebhookSender(Parts parts) : parts_(parts) {}
  ~WebhookSender();  // what is being sent is cut off, and tried again by whoever comes next
  WebhookSender(const WebhookSender&) = delete;
  WebhookSender& operator=(const WebhookSender&) = delete;

  // Starts the thread.
  void start();

  enum class Step {
    idle,       // nothing is due
    delivered,  // and there may be more
    failed,     // the receiver did not take it, or the store is down
  };
  // One event, as the thread does it.
  Step step();

 private:
  void run();
  // Empty when the receiver took it.
  std::string send(const sql::WebhookDelivery& delivery);
  sql::Outcome<void> record(const sql::WebhookDelivery& delivery, const std::string& error);

  Parts parts_;
  std::mutex mutex_;
  std::condition_variable stop_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace latchkey::broker
