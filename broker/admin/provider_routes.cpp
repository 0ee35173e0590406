#include "broker/admin/provider_routes.h"

#include "broker/visitor_answers.h"

namespace latchkey::broker::admin {
namespace {

using providers::ProviderHealth;

std::string_view name_of(config::ProviderType type) {
  switch (type) {
    case config::ProviderType::github:
      return "github";
    case config::ProviderType::google:
      return "google";
    case config::ProviderType::facebook:
      return "facebook";
    case config::ProviderType::oidc:
      return "oidc";
  }
  return "";
}

std::string_view name_of(ProviderHealth::State state) {
  switch (state) {
    case ProviderHealth::State::ok:
      return "ok";
    case ProviderHealth::State::ill:
      return "ill";
    case ProviderHealth::State::off:
      return "off";
  }
  return "";
}

void write_time(JsonWriter& json, std::string_view name, const std::optional<TimePoint>& time) {
  json.field(name, time ? std::optional(rfc3339(*time)) : std::nullopt);
}

void write_provider(JsonWriter& json, const config::Provider& settings,
                    const ProviderHealth& health) {
  json.begin_object()
      .field("id", settings.id)
      .field("label", providers::label_of(settings))
      .field("type", name_of(settings.type))
      .field("enabled", settings.enabled)
      .field("state", name_of(health.state))
      .field("detail", health.detail.empty() ? std::nullopt : std::optional(health.detail))
      .field("failures", health.failures);
  write_time(json, "retry_at", health.retry_at);
  write_time(json, "last_success_at", health.last_success_at);
  write_time(json, "last_failure_at", health.last_failure_at);
  json.end_object();
}

}  // namespace

void ProviderRoutes::mount(http::Router& router) {
  gate_.mount_read(router, "/api/admin/providers/", std::bind_front(&ProviderRoutes::list, this));
}

// In the order of the buttons, then those without one.
http::Response ProviderRoutes::list(const http::Request&) const {
  JsonWriter json;
  json.begin_object().key("providers").begin_array();
  for (const providers::Provider* provider : providers_.all()) {
    write_provider(json, config_.providers.at(provider->id()), provider->health());
  }
  for (const auto& [id, settings] : config_.providers) {
    if (settings.enabled) continue;
    write_provider(
        json, settings,
        {.state = ProviderHealth::State::off, .detail = "switched off in the configuration"});
  }
  json.end_array().end_object();
  return http::json_response(200, json);
}

}  // namespace latchkey::broker::admin
