#include "sessions/argon2id.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <sodium.h>

#include "base/encoding.h"

namespace latchkey::sessions {
namespace {

constexpr std::string_view kArgon2id = "$argon2id$v=19$";
constexpr std::string_view kArgon2i = "$argon2i$v=19$";
constexpr std::size_t kMaxEncodedLength = 512;
constexpr Argon2idCost kHighest{.memory_kib = 256 * 1024, .passes = 16, .lanes = 16};
constexpr std::uint64_t kHighestWork = 1'048'576;  // KiB
// RFC 9106 section 3.1, and libsodium's own least output.
constexpr unsigned kLeastKibPerLane = 8;
constexpr std::size_t kLeastSaltBytes = 8;
constexpr std::size_t kLeastHashBytes = 16;

// Takes `label` and a decimal without leading zeros off the front of `text`.
bool take_number(std::string_view& text, std::string_view label, unsigned& number) {
  if (!text.starts_with(label)) return false;
  text.remove_prefix(label.size());
  if (text.starts_with('0')) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// The bytes that base64 without padding stands for, counted; 0 when it is malformed.
std::size_t decoded_size(std::string_view text) {
  if (text.find_first_of("-_") != std::string_view::npos) return 0;
  std::string url_form(text);
  std::replace(url_form.begin(), url_form.end(), '+', '-');
  std::replace(url_form.begin(), url_form.end(), '/', '_');
  const auto bytes = base64url_decode(url_form);
  return bytes ? bytes->size() : 0;
}

bool is_payable(const Argon2idCost& cost) {
  return cost.memory_kib <= kHighest.memory_kib && cost.passes <= kHighest.passes &&
         cost.lanes <= kHighest.lanes && cost.work() <= kHighestWork && cost.lanes > 0 &&
         cost.passes > 0 && cost.memory_kib >= kLeastKibPerLane * cost.lanes;
}

// Everything libsodium would refuse is refused here, so that whatever passes is also computed: a
// stored hash that fails fast would tell by time that its account exists.
std::optional<Argon2idCost> cost_of(std::string_view encoded, std::string_view prefix) {
  if (encoded.size() > kMaxEncodedLength || !encoded.starts_with(prefix)) return std::nullopt;
  std::string_view rest = encoded.substr(prefix.size());
  Argon2idCost cost;
  if (!take_number(rest, "m=", cost.memory_kib) || !take_number(rest, ",t=", cost.passes) ||
      !take_number(rest, ",p=", cost.lanes) || !rest.starts_with('$')) {
    return std::nullopt;
  }
  rest.remove_prefix(1);
  const std::size_t dollar = rest.find('$');
  if (dollar == std::string_view::npos || !is_payable(cost)) return std::nullopt;
  if (decoded_size(rest.substr(0, dollar)) < kLeastSaltBytes ||
      decoded_size(rest.substr(dollar + 1)) < kLeastHashBytes) {
    return std::nullopt;
  }
  return cost;
}

}  // namespace

std::optional<Argon2idCost> argon2id_cost(std::string_view encoded) {
  return cost_of(encoded, kArgon2id);
}

std::optional<std::string> argon2id_hash(std::string_view password) {
  std::array<char, crypto_pwhash_argon2id_STRBYTES> encoded{};
  const int failed = crypto_pwhash_argon2id_str(encoded.data(), password.data(), password.size(),
                                                kArgon2idCost.passes,
                                                std::size_t{kArgon2idCost.memory_kib} * 1024);
  if (failed != 0) return std::nullopt;
  return std::string(encoded.data());
}

Verification argon2id_verify(std::string_view password, std::string_view encoded) {
  const auto cost = argon2id_cost(encoded);
  if (!cost) return {};
  const std::string terminated(encoded);
  const int failed =
      crypto_pwhash_argon2id_str_verify(terminated.c_str(), password.data(), password.size());
  return {.match = failed == 0 ? Match::yes : Match::no, .work = cost->work()};
}

Verification argon2i_verify(std::string_view password, std::string_view encoded) {
  const auto cost = cost_of(encoded, kArgon2i);
  if (!cost) return {};
  const std::string terminated(encoded);
  const int failed =
      crypto_pwhash_argon2i_str_verify(terminated.c_str(), password.data(), password.size());
  return {.match = failed == 0 ? Match::yes : Match::no, .work = cost->work()};
}

}  // namespace latchkey::sessions
