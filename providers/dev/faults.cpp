#include "providers/dev/faults.h"

#include <algorithm>
#include <charconv>

namespace latchkey::providers::dev {
namespace {

// The requests the application itself makes, the token request first.
std::vector<Endpoint> back_channel(StandIn stand_in) {
  std::vector<Endpoint> places{Endpoint::token};
  for (const Endpoint endpoint : endpoints_of(stand_in)) {
    if (endpoint != Endpoint::authorize && endpoint != Endpoint::token) places.push_back(endpoint);
  }
  return places;
}

std::vector<Endpoint> only(bool possible, Endpoint endpoint) {
  return possible ? std::vector{endpoint} : std::vector<Endpoint>{};
}

std::vector<Endpoint> at_one_of(StandIn stand_in, std::vector<Endpoint> wanted) {
  const auto& there = endpoints_of(stand_in);
  std::erase_if(wanted, [&](Endpoint endpoint) {
    return std::find(there.begin(), there.end(), endpoint) == there.end();
  });
  return wanted;
}

}  // namespace

const std::vector<FaultInfo>& all_faults() {
  static const std::vector<FaultInfo> faults{
      {Fault::denied, "denied", "Access denied by the person"},
      {Fault::slow, "slow", "Slow answer"},
      {Fault::server_error, "server_error", "Server error (500)"},
      {Fault::http_200_error, "http_200_error", "Error with HTTP status 200"},
      {Fault::invalid_json, "invalid_json", "Broken JSON"},
      {Fault::huge_body, "huge_body", "Huge answer (more than 256 KiB)"},
      {Fault::dropped_connection, "dropped_connection", "Connection dropped half-way"},
      {Fault::bad_signature, "bad_signature", "ID token with a bad signature"},
      {Fault::unsigned_token, "unsigned_token", "ID token without a signature (alg none)"},
      {Fault::rotated_key, "rotated_key", "Signing key rotated just now"},
      {Fault::wrong_nonce, "wrong_nonce", "ID token with a wrong nonce"},
      {Fault::wrong_issuer, "wrong_issuer", "Wrong issuer"},
      {Fault::wrong_audience, "wrong_audience", "Token of another application"},
      {Fault::wrong_subject, "wrong_subject", "Token of another person"},
      {Fault::expired_token, "expired_token", "Expired token"},
      {Fault::missing_email, "missing_email", "E-mail withheld"},
  };
  return faults;
}

const FaultInfo& describe(Fault fault) { return all_faults()[static_cast<std::size_t>(fault)]; }

std::vector<Endpoint> places_of(StandIn stand_in, Fault fault) {
  switch (fault) {
    case Fault::denied:
      return {Endpoint::authorize};
    case Fault::slow:
    case Fault::server_error:
    case Fault::http_200_error:
    case Fault::invalid_json:
    case Fault::huge_body:
    case Fault::dropped_connection:
      return back_channel(stand_in);
    case Fault::bad_signature:
    case Fault::unsigned_token:
    case Fault::rotated_key:
    case Fault::wrong_nonce:
      return only(is_openid(stand_in), Endpoint::token);
    case Fault::wrong_issuer:
      if (is_openid(stand_in)) {
        return {Endpoint::token, Endpoint::authorize, Endpoint::discovery};
      }
      return only(stand_in == StandIn::github, Endpoint::authorize);
    case Fault::wrong_audience:
      if (is_openid(stand_in)) return {Endpoint::token};
      return only(stand_in == StandIn::facebook, Endpoint::debug_token);
    case Fault::wrong_subject:
      return at_one_of(stand_in, {Endpoint::userinfo, Endpoint::debug_token});
    case Fault::expired_token:
      if (is_openid(stand_in)) return {Endpoint::token};
      return at_one_of(stand_in, {Endpoint::user, Endpoint::debug_token});
    case Fault::missing_email:
      if (is_openid(stand_in)) return {Endpoint::token};
      return at_one_of(stand_in, {Endpoint::emails, Endpoint::me});
  }
  return {};
}

Result<FaultOrder> parse_fault(StandIn stand_in, std::string_view text, std::string_view delay_ms) {
  const std::size_t at = text.find('@');
  const std::string_view name = text.substr(0, at);
  const auto& faults = all_faults();
  const auto info = std::find_if(faults.begin(), faults.end(),
                                 [&](const FaultInfo& known) { return known.name == name; });
  const auto refuse = [](std::string why) {
    return fail(ErrorCode::validation_failed, std::move(why));
  };
  if (info == faults.end()) return refuse("there is no fault '" + std::string(name) + "'");
  const std::vector<Endpoint> places = places_of(stand_in, info->fault);
  if (places.empty()) {
    return refuse("the fault '" + std::string(name) + "' is not possible at " +
                  std::string(name_of(stand_in)));
  }
  FaultOrder order{.fault = info->fault, .endpoint = places.front()};
  if (at != std::string_view::npos) {
    const auto endpoint = parse_endpoint(text.substr(at + 1));
    if (!endpoint || std::find(places.begin(), places.end(), *endpoint) == places.end()) {
      return refuse("the fault '" + std::string(name) + "' cannot strike at '" +
                    std::string(text.substr(at + 1)) + "'");
    }
    order.endpoint = *endpoint;
  }
  if (!delay_ms.empty()) {
    int delay = -1;
    const char* const end = delay_ms.data() + delay_ms.size();
    const auto [parsed, error] = std::from_chars(delay_ms.data(), end, delay);
    if (error != std::errc() || parsed != end || delay < 0 || delay > kMaxDelay.count()) {
      return refuse("delay_ms is a number from 0 to 120000");
    }
    order.delay = std::chrono::milliseconds(delay);
  }
  return order;
}

void FaultScript::add(StandIn stand_in, const FaultOrder& order, int times) {
  const std::lock_guard lock(mutex_);
  queues_[static_cast<std::size_t>(stand_in)][static_cast<std::size_t>(order.endpoint)].push_back(
      {.order = order, .times = times});
  ++waiting_;
}

std::optional<FaultOrder> FaultScript::take(StandIn stand_in, Endpoint endpoint) {
  if (waiting_ == 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  auto& queue = queues_[static_cast<std::size_t>(stand_in)][static_cast<std::size_t>(endpoint)];
  if (queue.empty()) return std::nullopt;
  const FaultOrder order = queue.front().order;
  if (--queue.front().times == 0) {
    queue.pop_front();
    --waiting_;
  }
  return order;
}

void FaultScript::clear() {
  const std::lock_guard lock(mutex_);
  for (auto& queues : queues_) {
    for (auto& queue : queues) queue.clear();
  }
  waiting_ = 0;
}

}  // namespace latchkey::providers::dev
