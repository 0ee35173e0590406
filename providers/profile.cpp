#include "providers/profile.h"

#include "base/email.h"
#include "base/encoding.h"
#include "base/url.h"

namespace latchkey::providers {

std::optional<std::string> subject(JsonView id) {
  constexpr std::size_t kMaxSubject = 255;  // OpenID Connect Core section 2
  const auto text = id.string();
  if (!text || text->empty() || text->size() > kMaxSubject || !is_clean_utf8(*text)) {
    return std::nullopt;
  }
  return std::string(*text);
}

std::string display_name(JsonView name) {
  constexpr std::size_t kMaxName = 255;
  const std::string_view text = trim(name.string().value_or(""));
  const bool is_usable = text.size() <= kMaxName && is_clean_utf8(text) &&
                         text.find_first_of("\t\n") == std::string_view::npos;
  return is_usable ? std::string(text) : std::string();
}

std::string picture_url(JsonView url) {
  constexpr std::size_t kMaxUrl = 2'048;
  const std::string_view text = url.string().value_or("");
  if (text.size() > kMaxUrl) return {};
  const auto parsed = Url::parse(text);
  return parsed && parsed->scheme == "https" ? std::string(text) : std::string();
}

std::optional<ProviderEmail> provider_email(std::string_view address,
                                            const EmailStanding& standing) {
  const auto email = Email::parse(address);
  if (!email) return std::nullopt;
  return ProviderEmail{.address = email->str(),
                       .verified = standing.verified,
                       .authoritative = standing.verified && standing.authoritative};
}

}  // namespace latchkey::providers
