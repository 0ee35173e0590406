// Each person stands for one thing a provider may say about an e-mail address
// (docs/dev-provider.md has the table).
#include "providers/dev/people.h"

namespace latchkey::providers::dev {
namespace {

// More addresses than GitHub's largest page holds (100), the primary one behind it.
constexpr int kManyAddresses = 130;
constexpr int kPrimaryAddress = 117;

Person ada() {
  Person person = make_person("ada", "Ada Lovelace", "ada@example.com");
  person.note = "Verified e-mail everywhere; at Google in the hosted domain example.com.";
  person.google.hosted_domain = "example.com";
  return person;
}

Person grace() {
  Person person = make_person("grace", "Grace Hopper", "grace.hopper@gmail.com");
  person.note = "A verified gmail.com address, which Google itself owns.";
  return person;
}

Person linus() {
  Person person = make_person("linus", "Linus Pauling", "linus@example.com");
  person.note = "The e-mail is not verified anywhere.";
  person.github.emails.front().verified = false;
  person.google.email_verified = false;
  person.oidc.email_verified = false;
  return person;
}

Person margaret() {
  Person person = make_person("margaret", "Margaret Hamilton", "margaret@example.net");
  person.note =
      "Hidden on the GitHub profile but listed; no e-mail at Facebook and OpenID; verified at "
      "Google, which does not own the address.";
  person.github.email_hidden = true;
  person.facebook.email.reset();
  person.oidc.email.reset();
  person.oidc.email_verified = false;
  return person;
}

Person alan() {
  Person person = make_person("alan", "Alan Turing", "ada@example.com");
  person.note =
      "At GitHub alan@example.com; everywhere else Ada's address, at Google verified without a "
      "hosted domain.";
  person.github.emails = {{.address = "alan@example.com", .primary = true, .verified = true}};
  return person;
}

Person katherine() {
  Person person = make_person("katherine", "Katherine Johnson", "katherine@example.com");
  person.note = "130 addresses at GitHub; the verified primary one is number 117.";
  person.github.email_hidden = true;
  person.github.emails.clear();
  for (int i = 1; i <= kManyAddresses; ++i) {
    person.github.emails.push_back(
        i == kPrimaryAddress
            ? GithubEmail{.address = "katherine@example.com", .primary = true, .verified = true}
            : GithubEmail{.address = "katherine+" + std::to_string(i) + "@example.com",
                          .primary = false,
                          .verified = i % 2 == 0});
  }
  return person;
}

Person dorothy() {
  Person person = make_person("dorothy", "Dorothy Vaughan", "dorothy@example.com");
  person.note = "GitHub says that two of the addresses are the primary one.";
  person.github.emails.push_back(
      {.address = "d.vaughan@example.com", .primary = true, .verified = true});
  return person;
}

Person edsger() {
  Person person = make_person("edsger", "Edsger Dijkstra", "Edsger.Dijkstra@Example.COM");
  person.note = "The e-mail has capital letters.";
  return person;
}

}  // namespace

std::vector<Person> built_in_people() {
  return {ada(), grace(), linus(), margaret(), alan(), katherine(), dorothy(), edsger()};
}

}  // namespace latchkey::providers::dev
