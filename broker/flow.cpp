#include "broker/flow.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/json.h"

namespace latchkey::broker {
namespace {

constexpr std::size_t kShortId = 12;  // characters of base64url, 72 bits

std::string serialize(const Flow& flow) {
  JsonWriter json;
  json.begin_object()
      .field("provider", flow.provider)
      .field("state", flow.state)
      .field("code_verifier", flow.code_verifier)
      .field("nonce", flow.nonce)
      .field("next", flow.next)
      .field("redirect_uri", flow.redirect_uri)
      .field("intent", static_cast<std::int64_t>(flow.intent))
      .field("session", base64url_encode(flow.session_token_hash))
      .field("started_at", flow.started_at.time_since_epoch().count())
      .end_object();
  return json.text();
}

std::optional<Flow> deserialize(std::string_view text) {
  const auto document = JsonDocument::parse(text);
  if (!document) return std::nullopt;
  const JsonView root = document->root();
  const auto string = [&root](std::string_view key) {
    return std::string(root[key].string().value_or(""));
  };
  const auto started_at = root["started_at"].integer();
  const auto intent = root["intent"].integer();
  if (!started_at || !intent) return std::nullopt;
  return Flow{.provider = string("provider"),
              .state = string("state"),
              .code_verifier = string("code_verifier"),
              .nonce = string("nonce"),
              .next = string("next"),
              .redirect_uri = string("redirect_uri"),
              .intent = static_cast<Intent>(*intent),
              .session_token_hash = base64url_decode(string("session")).value_or(""),
              .started_at = TimePoint(Duration(*started_at))};
}

}  // namespace

FlowCookies::FlowCookies(const Keyring& keyring, const config::Session& config, Random& random)
    : sealer_(keyring, "latchkey flow cookie v1"),
      config_(config),
      random_(random),
      prefix_(config.cookie_secure ? "__Host-latchkey_flow_" : "latchkey_flow_") {}

std::vector<sessions::SetCookie> FlowCookies::keep(const Flow& flow,
                                                   const sessions::CookieJar& jar) const {
  struct Old {
    std::string name;
    TimePoint started_at;
  };
  std::vector<Old> old;
  std::vector<sessions::SetCookie> cookies;
  for (const auto& [name, value] : jar.with_prefix(prefix_)) {
    if (const auto opened = open(value, name)) {
      old.push_back({std::string(name), opened->started_at});
    } else {
      cookies.push_back(cookie(std::string(name), "", std::chrono::seconds(0)));
    }
  }
  std::sort(old.begin(), old.end(),
            [](const Old& a, const Old& b) { return a.started_at > b.started_at; });
  for (std::size_t i = kMaxAtOnce - 1; i < old.size(); ++i) {
    cookies.push_back(cookie(old[i].name, "", std::chrono::seconds(0)));
  }
  const std::string name = name_of(flow.state);
  cookies.push_back(cookie(name, sealer_.seal(serialize(flow), name, random_), kLifetime));
  return cookies;
}

std::optional<Flow> FlowCookies::find(std::string_view state,
                                      const sessions::CookieJar& jar) const {
  const std::string name = name_of(state);
  const auto sealed = jar.get(name);
  if (!sealed) return std::nullopt;
  auto flow = open(*sealed, name);
  if (!flow || !constant_time_equal(flow->state, state)) return std::nullopt;
  return flow;
}

sessions::SetCookie FlowCookies::forget(std::string_view state) const {
  return cookie(name_of(state), "", std::chrono::seconds(0));
}

// Derived, not cut out of the state: cookie names may be seen where values are not.
std::string FlowCookies::name_of(std::string_view state) const {
  return prefix_ + base64url_encode(sha256(state)).substr(0, kShortId);
}

// Lax, because the provider's redirect back is a cross-site top-level GET.
sessions::SetCookie FlowCookies::cookie(std::string name, std::string value,
                                        std::chrono::seconds max_age) const {
  return {.name = std::move(name),
          .value = std::move(value),
          .max_age = max_age,
          .secure = config_.cookie_secure};
}

std::optional<Flow> FlowCookies::open(std::string_view sealed, std::string_view name) const {
  const auto text = sealer_.open(sealed, name);
  return text ? deserialize(*text) : std::nullopt;
}

}  // namespace latchkey::broker
