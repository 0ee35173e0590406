// The people a tester can be. Everything about a person follows from the id unless said otherwise,
// so the same person is the same identity after a restart of the dev provider.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "providers/dev/stand_in.h"

namespace latchkey::providers::dev {

struct GithubEmail {
  std::string address;
  bool primary = false;
  bool verified = false;
};

struct GithubAccount {
  std::int64_t id = 0;
  std::string login;
  bool email_hidden =
      false;  // `email` of GET /user is null; GET /user/emails tells it all the same
  std::vector<GithubEmail> emails;
};

struct OpenidAccount {  // at Google and at the generic provider
  std::string subject;
  std::optional<std::string> email;
  bool email_verified = false;
  std::string hosted_domain;  // Google's `hd`; empty: none
};

struct FacebookAccount {
  std::string id;
  std::optional<std::string> email;  // Facebook vouches for none
};

struct Person {
  std::string id;
  std::string name;
  std::string note;  // what is special, for the pick page
  GithubAccount github;
  OpenidAccount google;
  FacebookAccount facebook;
  OpenidAccount oidc;
};

using PersonPtr = std::shared_ptr<const Person>;

// The id that stands for a new person each time.
inline constexpr std::string_view kFresh = "fresh";

// A person with this e-mail everywhere, verified where a provider verifies.
Person make_person(const std::string& id, std::string name, const std::string& email);
// The built-in people in the order of the page.
std::vector<Person> built_in_people();

// The address this provider would tell, if any: GitHub's primary one.
std::optional<std::string> email_at(const Person& person, StandIn stand_in);

// Thread-safe.
class People {
 public:
  explicit People(Random& random) : random_(random) {}

  void reset(std::vector<Person> people);
  // Adds a person or replaces the one of that id.
  void put(Person person);
  [[nodiscard]] std::vector<PersonPtr> all() const;
  // By id, else by the address at that provider in any case; `fresh` makes somebody new, whom
  // find() also knows by the new id and address. Null when there is nobody.
  [[nodiscard]] PersonPtr find(std::string_view id_or_email, StandIn stand_in) const;

 private:
  Random& random_;
  mutable std::shared_mutex mutex_;
  std::vector<PersonPtr> people_;
};

}  // namespace latchkey::providers::dev
