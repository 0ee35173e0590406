#include "providers/dev/person_json.h"

#include <functional>
#include <map>

#include "base/try.h"

namespace latchkey::providers::dev {
namespace {

using SetKey = std::function<bool(JsonView)>;  // false: a wrong type
using Keys = std::map<std::string_view, SetKey>;

Status read_object(JsonView object, std::string_view name, const Keys& keys) {
  const auto refuse = [&](const std::string& why) {
    return fail(ErrorCode::validation_failed, std::string(name) + why);
  };
  if (!object.is_object()) return refuse(" must be an object");
  for (const auto& [key, value] : object.members()) {
    const auto known = keys.find(key);
    if (known == keys.end()) return refuse(" has no key '" + std::string(key) + "'");
    if (!known->second(value)) return refuse(": the value of '" + std::string(key) + "' is wrong");
  }
  return {};
}

SetKey text(std::string& into) {
  return [&into](JsonView value) {
    if (const auto read = value.string()) into = *read;
    return value.string().has_value();
  };
}

SetKey flag(bool& into) {
  return [&into](JsonView value) {
    if (const auto read = value.boolean()) into = *read;
    return value.boolean().has_value();
  };
}

SetKey nullable(std::optional<std::string>& into) {
  return [&into](JsonView value) {
    if (value.is_null()) {
      into.reset();
      return true;
    }
    if (const auto read = value.string()) into = *read;
    return value.string().has_value();
  };
}

SetKey github_emails(std::vector<GithubEmail>& into) {
  return [&into](JsonView value) {
    if (!value.is_array()) return false;
    std::vector<GithubEmail> emails;
    for (const JsonView item : value.items()) {
      GithubEmail email;
      if (!read_object(item, "an e-mail",
                       {{"email", text(email.address)},
                        {"primary", flag(email.primary)},
                        {"verified", flag(email.verified)}})) {
        return false;
      }
      emails.push_back(std::move(email));
    }
    into = std::move(emails);
    return true;
  };
}

Status change_github(JsonView changes, GithubAccount& account) {
  const SetKey id = [&account](JsonView value) {
    if (const auto read = value.integer()) account.id = *read;
    return value.integer().has_value();
  };
  return read_object(changes, "github",
                     {{"id", id},
                      {"login", text(account.login)},
                      {"email_hidden", flag(account.email_hidden)},
                      {"emails", github_emails(account.emails)}});
}

Status change_openid(JsonView changes, std::string_view name, OpenidAccount& account) {
  return read_object(changes, name,
                     {{"sub", text(account.subject)},
                      {"email", nullable(account.email)},
                      {"email_verified", flag(account.email_verified)},
                      {"hd", text(account.hosted_domain)}});
}

void set_email_everywhere(Person& person, const std::optional<std::string>& email) {
  person.google.email = person.facebook.email = person.oidc.email = email;
  person.github.emails.clear();
  if (email) person.github.emails = {{.address = *email, .primary = true, .verified = true}};
}

void set_verified_everywhere(Person& person, bool verified) {
  for (GithubEmail& email : person.github.emails) email.verified = verified;
  person.google.email_verified = person.oidc.email_verified = verified;
}

void write_openid(std::string_view name, const OpenidAccount& account, JsonWriter& into) {
  into.key(name).begin_object();
  into.field("sub", account.subject).field("email", account.email);
  into.field("email_verified", account.email_verified).field("hd", account.hosted_domain);
  into.end_object();
}

}  // namespace

void write_person(const Person& person, JsonWriter& into) {
  into.begin_object().field("id", person.id).field("name", person.name).field("note", person.note);
  into.key("github").begin_object().field("id", person.github.id);
  into.field("login", person.github.login).field("email_hidden", person.github.email_hidden);
  into.key("emails").begin_array();
  for (const GithubEmail& email : person.github.emails) {
    into.begin_object().field("email", email.address).field("primary", email.primary);
    into.field("verified", email.verified).end_object();
  }
  into.end_array().end_object();
  write_openid("google", person.google, into);
  into.key("facebook").begin_object().field("id", person.facebook.id);
  into.field("email", person.facebook.email).end_object();
  write_openid("oidc", person.oidc, into);
  into.end_object();
}

Status change_person(JsonView changes, Person& person) {
  std::optional<std::string> email;
  bool verified = true;
  std::string id;
  const SetKey later = [](JsonView value) { return value.is_object(); };
  LATCHKEY_TRY(read_object(changes, "a person",
                           {{"id", text(id)},
                            {"name", text(person.name)},
                            {"note", text(person.note)},
                            {"email", nullable(email)},
                            {"email_verified", flag(verified)},
                            {"github", later},
                            {"google", later},
                            {"facebook", later},
                            {"oidc", later}}));
  // What counts everywhere first, so that a provider's own word stands.
  if (changes["email"].exists()) set_email_everywhere(person, email);
  if (changes["email_verified"].exists()) set_verified_everywhere(person, verified);
  if (const JsonView github = changes["github"]; github.exists()) {
    LATCHKEY_TRY(change_github(github, person.github));
  }
  if (const JsonView google = changes["google"]; google.exists()) {
    LATCHKEY_TRY(change_openid(google, "google", person.google));
  }
  if (const JsonView oidc = changes["oidc"]; oidc.exists()) {
    LATCHKEY_TRY(change_openid(oidc, "oidc", person.oidc));
  }
  if (const JsonView facebook = changes["facebook"]; facebook.exists()) {
    LATCHKEY_TRY(read_object(
        facebook, "facebook",
        {{"id", text(person.facebook.id)}, {"email", nullable(person.facebook.email)}}));
  }
  return {};
}

}  // namespace latchkey::providers::dev
