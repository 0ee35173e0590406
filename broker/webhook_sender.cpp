#include "broker/webhook_sender.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/log.h"
#include "base/try.h"
#include "base/url.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker {
namespace {

// How often the outbox is looked at when nothing is known to wait. A notification would be sooner,
// but takes a lock that all commits share.
constexpr std::chrono::seconds kLookEvery{1};
constexpr std::chrono::seconds kFirstPause{5};
constexpr std::chrono::seconds kLongestPause{3600};

// 5 s, 10 s, 20 s, … up to an hour.
std::chrono::seconds pause_after(std::int64_t attempts) {
  constexpr std::int64_t kDoublings = 10;
  const auto doublings = std::clamp<std::int64_t>(attempts - 1, 0, kDoublings);
  return std::min(kFirstPause * (std::int64_t{1} << doublings), kLongestPause);
}

std::string body_of(const sql::WebhookDelivery& delivery) {
  JsonWriter json;
  json.begin_object()
      .field("id", delivery.id)
      .field("type", delivery.type)
      .field("created_at", rfc3339(delivery.created_at))
      .key("data")
      .raw(delivery.data)
      .end_object();
  return json.text();
}

std::string_view name_of(providers::HttpFault fault) {
  switch (fault) {
    case providers::HttpFault::refused_url:
      return "refused_url";
    case providers::HttpFault::refused_address:
      return "refused_address";
    case providers::HttpFault::connect:
      return "connect";
    case providers::HttpFault::tls:
      return "tls";
    case providers::HttpFault::timeout:
      return "timeout";
    case providers::HttpFault::too_large:
      return "too_large";
    case providers::HttpFault::protocol:
      return "protocol";
    case providers::HttpFault::stopped:
      return "stopped";
  }
  return "";
}

}  // namespace

std::string webhook_signature(const Secret& secret, TimePoint at, std::string_view body) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  const std::string t = std::to_string(seconds);
  const std::string mac = hmac_sha256(secret.reveal(), t + "." + std::string(body));
  return "t=" + t + ",v1=" + hex_encode(mac);
}

WebhookSender::~WebhookSender() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void WebhookSender::start() {
  thread_ = std::thread([this] { run(); });
}

void WebhookSender::run() {
  std::unique_lock lock(mutex_);
  Step last = Step::idle;
  while (!stop_.wait_for(lock, last == Step::delivered ? std::chrono::seconds(0) : kLookEvery,
                         [this] { return stopping_.load(); })) {
    lock.unlock();
    last = step();
    lock.lock();
  }
}

WebhookSender::Step WebhookSender::step() {
  const TimePoint now = parts_.clock.now();
  // The lease on the connection ends with this statement, long before the receiver answers.
  const auto taken = [&]() -> sql::Outcome<std::optional<sql::WebhookDelivery>> {
    LATCHKEY_TRY_ASSIGN(const sql::Pool::Lease lease, parts_.pool.acquire());
    return sql::webhook_deliveries::take(*lease, now, now + kLease);
  }();
  if (!taken) {
    log::warn("webhook.store_failed", {{"detail", taken.error().detail}});
    return Step::failed;
  }
  if (!*taken) return Step::idle;
  const std::string error = send(**taken);
  if (auto recorded = record(**taken, error); !recorded) {
    log::warn("webhook.store_failed", {{"detail", recorded.error().detail}});
    return Step::failed;
  }
  return error.empty() ? Step::delivered : Step::failed;
}

std::string WebhookSender::send(const sql::WebhookDelivery& delivery) {
  const std::string body = body_of(delivery);
  const std::string& url = parts_.config.webhook_url;
  const auto answer = parts_.http.send(
      {.method = providers::HttpMethod::post,
       .url = url,
       .headers = {{"Content-Type", "application/json"},
                   {"Latchkey-Event", delivery.type},
                   {"Latchkey-Delivery", std::to_string(delivery.id)},
                   {"Latchkey-Signature",
                    webhook_signature(parts_.config.webhook_secret, parts_.clock.now(), body)}},
       .body = body,
       // The configuration allows it for loopback hosts only.
       .allow_http = !url.starts_with("https:"),
       // The application usually stands beside this service, and the operator chose the address.
       .allow_private_addresses = true,
       .stop = &stopping_});
  if (!answer) return std::string(name_of(answer.error().fault)) + ": " + answer.error().detail;
  if (answer->status / 100 == 2) return "";
  return "answered " + std::to_string(answer->status);
}

sql::Outcome<void> WebhookSender::record(const sql::WebhookDelivery& delivery,
                                         const std::string& error) {
  LATCHKEY_TRY_ASSIGN(const sql::Pool::Lease lease, parts_.pool.acquire());
  const TimePoint now = parts_.clock.now();
  if (error.empty()) return sql::webhook_deliveries::mark_delivered(*lease, delivery, now);
  // Cut off by ourselves, it may be tried at once by whoever comes next.
  const TimePoint next = stopping_ ? now : now + pause_after(delivery.attempts);
  const bool over = next >= delivery.queued_at + kPatience;
  log::warn(over ? "webhook.given_up" : "webhook.failed", {{"delivery", delivery.id},
                                                           {"event", delivery.type},
                                                           {"attempt", delivery.attempts},
                                                           {"detail", error}});
  if (over) return sql::webhook_deliveries::give_up(*lease, delivery, now, error);
  return sql::webhook_deliveries::put_off(*lease, delivery, next, error);
}

}  // namespace latchkey::broker
