#include "base/encoding.h"
#include "providers/dev/page_frame.h"
#include "providers/dev/pages.h"

namespace latchkey::providers::dev {
namespace {

// A table, made row by row from text that is escaped here.
class Table {
 public:
  explicit Table(std::initializer_list<std::string_view> heads) {
    html_ = "<div class=\"card scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" +
            html_escape(*heads.begin()) + "\"><table>\n<thead><tr>";
    for (const std::string_view head : heads) {
      html_ += "<th scope=\"col\">" + html_escape(head) + "</th>";
    }
    html_ += "</tr></thead>\n<tbody>\n";
  }
  void row(std::string_view head, std::initializer_list<std::string> cells) {
    html_ += "<tr><th scope=\"row\"><code>" + html_escape(head) + "</code></th>";
    for (const std::string& cell : cells) html_ += "<td>" + html_escape(cell) + "</td>";
    html_ += "</tr>\n";
  }
  [[nodiscard]] std::string html() const { return html_ + "</tbody></table></div>\n"; }

 private:
  std::string html_;
};

std::string code_block(std::string_view text) {
  return "<pre class=\"card\" tabindex=\"0\"><code>" + html_escape(text) + "</code></pre>\n";
}

std::string latchkey_settings(const World& world) {
  const std::string& base = world.base_url;
  const auto common = [&](std::string_view id) {
    return "[providers." + std::string(id) + "]\nclient_id = \"dev\"\nclient_secret = \"" +
           world.options.client_secret + "\"\nallow_http = true\n";
  };
  return common("github") + "authorize_url = \"" + base +
         "/github/login/oauth/authorize\"\ntoken_url = \"" + base +
         "/github/login/oauth/access_token\"\napi_url = \"" + base + "/github/api\"\nissuer = \"" +
         base + "/github/login/oauth\"\n\n" + common("google") + "issuer = \"" + base +
         "/google\"\n\n" + common("facebook") + "authorize_url = \"" + base +
         "/facebook/dialog/oauth\"\ntoken_url = \"" + base +
         "/facebook/v19.0/oauth/access_token\"\napi_url = \"" + base + "/facebook/v19.0\"\n\n" +
         common("dev") + "type = \"oidc\"\nlabel = \"Dev OpenID\"\nissuer = \"" + base +
         "/oidc\"\ntrust_email = true\n";
}

std::string people_table(const World& world) {
  Table table{"Person", "Name", "What is special"};
  for (const PersonPtr& person : world.people.all())
    table.row(person->id, {person->name, person->note});
  table.row(kFresh, {"Somebody new", "A new person with a new verified e-mail each time."});
  return table.html();
}

std::string places(StandIn stand_in, Fault fault) {
  std::string text;
  for (const Endpoint endpoint : places_of(stand_in, fault)) {
    text += (text.empty() ? "" : ", ") + std::string(name_of(endpoint));
  }
  return text.empty() ? "-" : text;
}

std::string faults_table() {
  Table table{"Fault", "What happens", "GitHub", "Google and OpenID", "Facebook"};
  for (const FaultInfo& info : all_faults()) {
    table.row(info.name,
              {std::string(info.title), places(StandIn::github, info.fault),
               places(StandIn::google, info.fault), places(StandIn::facebook, info.fault)});
  }
  return table.html();
}

std::string control_table() {
  Table table{"Request", "What it does"};
  table.row("POST /_control/reset", {"Back to the beginning: built-in people, no faults, no "
                                     "approval, counts at zero, an empty inbox, every code and "
                                     "token forgotten."});
  table.row("POST /_control/fault",
            {R"({"provider":"google","fault":"server_error","endpoint":"token","times":1,)"
             R"("delay_ms":2000}: the next requests of that endpoint go wrong.)"});
  table.row("POST /_control/approve",
            {R"({"person":"ada"}: sign in without the page; "fresh" is a )"
             R"(new person each time; null shows the page again.)"});
  table.row("GET /_control/requests", {"How often each endpoint was asked."});
  table.row("GET /_control/inbox", {"The mails of the inbox, newest first."});
  table.row("POST /_control/inbox/clear", {"Empties the inbox."});
  table.row("GET /_control/people", {"Everybody, with what each provider would say."});
  table.row("POST /_control/people", {"Adds or changes a person."});
  return table.html();
}

}  // namespace

std::string index_page(const World& world) {
  std::string body =
      "<h1>A stand-in for GitHub, Google and Facebook</h1>\n"
      "<p>It speaks the protocols of these providers and of a generic OpenID provider, so that an "
      "application's own code runs against it unchanged, in development and in end-to-end tests. "
      "Instead of asking for a password it asks who you want to be, and it goes wrong to order. "
      "Nothing here comes from or goes to the real providers.</p>\n"
      "<p>Any client_id is accepted; the client_secret is the one below. A redirect_uri may name "
      "this machine or a host given with <code>--redirect-host</code>.</p>\n";
  body += "<h2 id=\"settings\">Settings for latchkey.toml</h2>\n" +
          code_block(latchkey_settings(world));
  body +=
      "<h2 id=\"mail\">Mail</h2>\n<p>Started with <code>--smtp 127.0.0.1:1025</code>, it also "
      "takes every mail that the application sends there, and shows it in the "
      "<a href=\"/inbox\">inbox</a>.</p>\n";
  body += "<h2 id=\"people\">People</h2>\n" + people_table(world);
  body +=
      "<h2 id=\"faults\">Faults</h2>\n<p>Ordered on the page for one sign-in, or with the "
      "control API for the next requests. The columns say where a fault can strike, its usual "
      "place first; <code>fault@place</code> names another.</p>\n" +
      faults_table();
  body += "<h2 id=\"control\">Control API</h2>\n" + control_table();
  return frame("index", "Latchkey dev provider", body);
}

}  // namespace latchkey::providers::dev
