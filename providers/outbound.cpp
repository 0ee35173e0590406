#include "providers/outbound.h"

#include "base/try.h"

namespace latchkey::providers {
namespace {

struct FaultMeaning {
  ErrorCode code;
  bool is_illness;  // counts for the breaker
};

FaultMeaning meaning_of(HttpFault fault) {
  switch (fault) {
    case HttpFault::refused_url:
    case HttpFault::refused_address:
    case HttpFault::stopped:
      return {ErrorCode::provider_unavailable, false};  // our own configuration's or doing
    case HttpFault::connect:
    case HttpFault::tls:
    case HttpFault::timeout:
      return {ErrorCode::provider_unavailable, true};
    case HttpFault::too_large:
    case HttpFault::protocol:
      return {ErrorCode::provider_invalid_response, true};
  }
  return {ErrorCode::internal_error, false};
}

std::string_view name_of(HttpFault fault) {
  switch (fault) {
    case HttpFault::refused_url:
      return "URL refused";
    case HttpFault::refused_address:
      return "address inside the network refused";
    case HttpFault::connect:
      return "connection failed";
    case HttpFault::tls:
      return "TLS failed";
    case HttpFault::timeout:
      return "timed out";
    case HttpFault::too_large:
      return "answer too large";
    case HttpFault::protocol:
      return "answer is not HTTP";
    case HttpFault::stopped:
      return "given up";
  }
  return "unknown";
}

std::string with_status(std::string_view text, int status) {
  return std::string(text) + " (status " + std::to_string(status) + ")";
}

}  // namespace

Outbound::Outbound(const config::Provider& settings, HttpClient& http, const Clock& clock)
    : http_(http),
      allow_http_(settings.allow_http),
      allow_private_addresses_(settings.allow_private_addresses),
      breaker_(settings.id, clock) {}

Result<JsonAnswer> Outbound::send(HttpRequest request, const Deadline& deadline) {
  request.allow_http = allow_http_;
  request.allow_private_addresses = allow_private_addresses_;
  request.timeout = deadline.left();
  if (request.timeout.count() <= 0) {
    return fail(ErrorCode::provider_unavailable, "the sign-in's time is used up");
  }
  auto permit = breaker_.enter();
  if (!permit) {
    return fail({.code = ErrorCode::provider_unavailable,
                 .detail = "not asked, it failed too often",
                 .retry_after = breaker_.retry_after()});
  }
  auto response = http_.send(request);
  if (!response) {
    const auto [code, is_illness] = meaning_of(response.error().fault);
    std::string detail =
        std::string(name_of(response.error().fault)) + ": " + response.error().detail;
    is_illness ? permit->failed(detail) : permit->prevented(detail);
    return fail(code, std::move(detail));
  }
  return read(std::move(*response), *permit);
}

Result<JsonAnswer> Outbound::read(HttpResponse response, Breaker::Permit& permit) {
  const int status = response.status;
  if (status >= 500) {
    permit.failed(with_status("the provider failed", status));
    return fail(ErrorCode::provider_unavailable, with_status("the provider failed", status));
  }
  if (status < 200 || status / 100 == 3) {
    permit.failed(with_status("the provider answered oddly", status));
    return fail(ErrorCode::provider_invalid_response,
                with_status("the provider answered oddly", status));
  }
  auto document = JsonDocument::parse(response.body, kMaxBody);
  response.body.clear();
  if (document) {
    permit.succeeded();
    return JsonAnswer{.response = std::move(response), .document = std::move(*document)};
  }
  if (status / 100 == 4) {
    permit.succeeded();
    return JsonAnswer{.response = std::move(response), .document = {}};
  }
  permit.failed(with_status("not JSON", status));
  return fail(ErrorCode::provider_invalid_response, "not JSON: " + document.error().detail);
}

Result<JsonDocument> Outbound::get_object(HttpRequest request, const Deadline& deadline) {
  LATCHKEY_TRY_ASSIGN(JsonAnswer answer, send(std::move(request), deadline));
  if (!answer.ok()) {
    return fail(ErrorCode::provider_rejected, with_status("refused", answer.response.status));
  }
  if (!answer.document.root().is_object()) {
    return fail(ErrorCode::provider_invalid_response, "not a JSON object");
  }
  return std::move(answer.document);
}

}  // namespace latchkey::providers
