#include <algorithm>

#include "base/encoding.h"
#include "providers/dev/page_frame.h"
#include "providers/dev/pages.h"

namespace latchkey::providers::dev {
namespace {

std::string initials_of(std::string_view name) {
  std::string initials(name.substr(0, 1));
  const std::size_t space = name.rfind(' ');
  if (space != std::string_view::npos) initials += name.substr(space + 1, 1);
  return is_clean_utf8(initials) ? initials : "?";
}

struct Choice {
  std::string id;
  std::string name;
  std::string email;
  std::string note;
};

std::string person_button(const Choice& choice) {
  const std::string id = html_escape(choice.id);
  return "<li><button class=\"person\" type=\"submit\" name=\"person\" value=\"" + id +
         "\" data-person=\"" + id + "\">\n<span class=\"initials\" aria-hidden=\"true\">" +
         html_escape(choice.id == kFresh ? "+" : initials_of(choice.name)) +
         "</span>\n<span><span class=\"name\">" + html_escape(choice.name) +
         "</span><span class=\"muted\">" + html_escape(choice.email) + "</span><small>" +
         html_escape(choice.note) + "</small></span></button></li>\n";
}

// "ada@example.com, verified": what this provider would say about the address.
std::string email_line(const Person& person, StandIn stand_in) {
  const auto email = email_at(person, stand_in);
  if (!email) return "no e-mail";
  switch (stand_in) {
    case StandIn::facebook:
      return *email;
    case StandIn::google:
      return *email + (person.google.email_verified ? ", verified" : ", not verified");
    case StandIn::oidc:
      return *email + (person.oidc.email_verified ? ", verified" : ", not verified");
    case StandIn::github:
      break;
  }
  const auto& emails = person.github.emails;
  const bool verified = std::any_of(emails.begin(), emails.end(), [&](const GithubEmail& known) {
    return known.primary && known.verified;
  });
  return *email + (verified ? ", verified" : ", not verified");
}

std::string people_list(const PickPage& page) {
  std::string list = "<ul class=\"people card\" id=\"people\">\n";
  const auto add = [&](const Person& person) {
    list += person_button({.id = person.id,
                           .name = person.name,
                           .email = email_line(person, page.stand_in),
                           .note = person.note});
  };
  if (page.hinted) add(*page.hinted);
  for (const PersonPtr& person : page.people) {
    if (!page.hinted || person->id != page.hinted->id) add(*person);
  }
  list += person_button(
      {.id = std::string(kFresh),
       .name = "Somebody new",
       .email = page.stand_in == StandIn::facebook ? "a new address" : "a new address, verified",
       .note = "A person nobody has seen before, each time another one."});
  return list + "</ul>\n";
}

struct Option {
  std::string value;
  std::string label;
  bool selected = false;
};

std::string option(const Option& option) {
  return "<option value=\"" + html_escape(option.value) + '"' +
         (option.selected ? " selected" : "") + '>' + html_escape(option.label) + "</option>\n";
}

// Discovery and keys are fetched for many sign-ins at once; the control API scripts their faults.
bool belongs_to_a_sign_in(Endpoint endpoint) {
  return endpoint != Endpoint::discovery && endpoint != Endpoint::jwks;
}

// One group for each request of the sign-in. A fault at its usual place has the plain name.
std::string fault_options(const PickPage& page) {
  std::string options = option({.value = "", .label = "Behave well"});
  for (const Endpoint endpoint : endpoints_of(page.stand_in)) {
    if (!belongs_to_a_sign_in(endpoint)) continue;
    options += "<optgroup label=\"At: " + std::string(name_of(endpoint)) + "\">\n";
    for (const FaultInfo& info : all_faults()) {
      const auto places = places_of(page.stand_in, info.fault);
      const auto place = std::find(places.begin(), places.end(), endpoint);
      if (place == places.end()) continue;
      std::string value(info.name);
      if (place != places.begin()) value += '@' + std::string(name_of(endpoint));
      options += option({.value = std::move(value),
                         .label = std::string(info.title),
                         .selected = page.fault && page.fault->fault == info.fault &&
                                     page.fault->endpoint == endpoint});
    }
    options += "</optgroup>\n";
  }
  return options;
}

std::string misbehave_fields(const PickPage& page) {
  const auto delay = page.fault ? page.fault->delay : kDefaultDelay;
  return "<fieldset class=\"card\"><legend>Misbehave</legend>\n"
         "<label for=\"fault\">Fault for this one sign-in</label>\n"
         "<select id=\"fault\" name=\"fault\">\n" +
         fault_options(page) +
         "</select>\n<label for=\"delay_ms\">Delay of \"Slow answer\" in milliseconds</label>\n"
         "<input id=\"delay_ms\" name=\"delay_ms\" type=\"number\" min=\"0\" max=\"" +
         std::to_string(kMaxDelay.count()) + "\" value=\"" + std::to_string(delay.count()) +
         "\">\n</fieldset>\n";
}

std::string page_title(StandIn stand_in) {
  return std::string(title_of(stand_in)) + " (development stand-in)";
}

}  // namespace

std::string pick_page(const PickPage& page) {
  const auto url = Url::parse(page.redirect_uri);
  std::string body =
      "<h1>Who do you want to be?</h1>\n<p class=\"muted\">The application <strong>" +
      html_escape(page.client_id) + "</strong> asks you to sign in with " +
      std::string(title_of(page.stand_in)) + ". You will be sent back to <strong>" +
      html_escape(url ? url->origin() : page.redirect_uri) +
      "</strong>.</p>\n<form id=\"pick\" method=\"post\" action=\"" +
      html_escape(page.form_action) + "\">\n";
  body += people_list(page) + misbehave_fields(page);
  body +=
      "<button class=\"deny\" type=\"submit\" name=\"action\" value=\"deny\" "
      "data-action=\"deny\">Deny access</button>\n</form>\n";
  return frame(name_of(page.stand_in), page_title(page.stand_in), body);
}

std::string problem_page(StandIn stand_in, std::string_view problem) {
  return frame(name_of(stand_in), page_title(stand_in),
               "<h1>This request cannot be answered</h1>\n<p id=\"problem\">" +
                   html_escape(problem) + "</p>\n");
}

std::string avatar(const Person& person) {
  return R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">)"
         R"(<rect width="96" height="96" fill="#4b3fb3"/><text x="48" y="61" font-size="36" )"
         R"(font-family="sans-serif" fill="#fff" text-anchor="middle">)" +
         html_escape(initials_of(person.name)) + "</text></svg>\n";
}

}  // namespace latchkey::providers::dev
