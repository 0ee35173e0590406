#include "providers/dev/people.h"

#include <algorithm>
#include <mutex>

#include "base/crypto.h"
#include "base/encoding.h"

namespace latchkey::providers::dev {
namespace {

constexpr std::string_view kNewPrefix = "new-";
constexpr std::string_view kNewDomain = "@example.com";
constexpr std::size_t kNewBytes = 8;

// A number of at most 48 bits that belongs to this name for ever.
std::int64_t number_of(std::string_view name) {
  const std::string digest = sha256(name);
  std::int64_t number = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    number = number << 8 | static_cast<unsigned char>(digest[i]);
  }
  return number;
}

// `length` decimal digits, the first of them 1, in the manner of Google's and Facebook's ids.
std::string digits_of(const std::string& name, std::size_t length) {
  std::string digits = "1";
  for (int round = 0; digits.size() < length; ++round) {
    digits += std::to_string(number_of(name + '#' + std::to_string(round)));
  }
  digits.resize(length);
  return digits;
}

bool is_new_id(std::string_view id) {
  const std::string_view digits = id.substr(std::min(id.size(), kNewPrefix.size()));
  return id.starts_with(kNewPrefix) && digits.size() == 2 * kNewBytes &&
         std::all_of(digits.begin(), digits.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

PersonPtr new_person(const std::string& id) {
  Person person = make_person(id, "New Person " + id.substr(kNewPrefix.size(), 4),
                              id + std::string(kNewDomain));
  person.google.hosted_domain = kNewDomain.substr(1);
  return std::make_shared<const Person>(std::move(person));
}

// A new person is a function of the id, so nobody needs to be remembered.
PersonPtr find_new(std::string_view id_or_email) {
  std::string_view id = id_or_email;
  if (id.ends_with(kNewDomain)) id.remove_suffix(kNewDomain.size());
  return is_new_id(id) ? new_person(std::string(id)) : nullptr;
}

}  // namespace

Person make_person(const std::string& id, std::string name, const std::string& email) {
  return {.id = id,
          .name = std::move(name),
          .note = {},
          .github = {.id = number_of("github:" + id),
                     .login = id,
                     .email_hidden = false,
                     .emails = {{.address = email, .primary = true, .verified = true}}},
          .google = {.subject = digits_of("google:" + id, 21),
                     .email = email,
                     .email_verified = true,
                     .hosted_domain = {}},
          .facebook = {.id = digits_of("facebook:" + id, 17), .email = email},
          .oidc = {.subject = hex_encode(sha256("oidc:" + id)).substr(0, 32),
                   .email = email,
                   .email_verified = true,
                   .hosted_domain = {}}};
}

std::optional<std::string> email_at(const Person& person, StandIn stand_in) {
  switch (stand_in) {
    case StandIn::google:
      return person.google.email;
    case StandIn::facebook:
      return person.facebook.email;
    case StandIn::oidc:
      return person.oidc.email;
    case StandIn::github:
      break;
  }
  const auto& emails = person.github.emails;
  const auto primary = std::find_if(emails.begin(), emails.end(),
                                    [](const GithubEmail& email) { return email.primary; });
  if (primary == emails.end()) return std::nullopt;
  return primary->address;
}

void People::reset(std::vector<Person> people) {
  std::vector<PersonPtr> shared;
  shared.reserve(people.size());
  for (Person& person : people) shared.push_back(std::make_shared<const Person>(std::move(person)));
  const std::unique_lock lock(mutex_);
  people_ = std::move(shared);
}

void People::put(Person person) {
  auto shared = std::make_shared<const Person>(std::move(person));
  const std::unique_lock lock(mutex_);
  for (PersonPtr& known : people_) {
    if (known->id == shared->id) {
      known = std::move(shared);
      return;
    }
  }
  people_.push_back(std::move(shared));
}

std::vector<PersonPtr> People::all() const {
  const std::shared_lock lock(mutex_);
  return people_;
}

PersonPtr People::find(std::string_view id_or_email, StandIn stand_in) const {
  if (id_or_email.empty()) return nullptr;
  if (id_or_email == kFresh) {
    return new_person(std::string(kNewPrefix) + hex_encode(random_bytes(random_, kNewBytes)));
  }
  const std::shared_lock lock(mutex_);
  for (const PersonPtr& person : people_) {
    if (person->id == id_or_email) return person;
  }
  for (const PersonPtr& person : people_) {
    const auto email = email_at(*person, stand_in);
    if (email && ascii_iequals(*email, id_or_email)) return person;
  }
  return find_new(id_or_email);
}

}  // namespace latchkey::providers::dev
