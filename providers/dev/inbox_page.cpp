// The inbox, as a page and as JSON.
#include <algorithm>

#include <fmt/chrono.h>

#include "base/encoding.h"
#include "base/json.h"
#include "providers/dev/control.h"
#include "providers/dev/page_frame.h"
#include "providers/dev/pages.h"

namespace latchkey::providers::dev {
namespace {

std::string time_text(TimePoint at) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(static_cast<std::time_t>(unix_seconds(at))));
}

std::string joined(const std::vector<std::string>& addresses) {
  std::string text;
  for (const std::string& address : addresses) text += (text.empty() ? "" : ", ") + address;
  return text;
}

// Escaped, with http and https addresses as links.
std::string with_links(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t http = std::min(text.find("http://"), text.find("https://"));
    const std::size_t start = std::min(http, text.size());
    out += html_escape(text.substr(0, start));
    text.remove_prefix(start);
    const std::string_view url = text.substr(0, text.find_first_of(" \t\n<>\""));
    if (url.empty()) break;
    const std::string escaped = html_escape(url);
    out += "<a href=\"" + escaped + "\">" + escaped + "</a>";
    text.remove_prefix(url.size());
  }
  return out;
}

// The mail's HTML in a frame without scripts and without an origin; its links open in a new tab.
std::string framed(const ReceivedMail& mail) {
  if (mail.message.html.empty()) return {};
  return "<details><summary>HTML</summary>\n<iframe title=\"HTML of the mail\" "
         "style=\"width:100%;height:32rem;border:0\" "
         "sandbox=\"allow-popups allow-popups-to-escape-sandbox\" srcdoc=\"" +
         html_escape("<base target=\"_blank\">" + mail.message.html) + "\"></iframe></details>\n";
}

std::string entry(const ReceivedMail& mail) {
  return "<article class=\"card\" style=\"padding:1rem;margin-bottom:1rem\" data-mail=\"" +
         std::to_string(mail.id) + "\">\n<h2 style=\"margin-top:0\">" +
         html_escape(mail.message.header("Subject")) + "</h2>\n<p class=\"muted\">To <strong>" +
         html_escape(joined(mail.recipients)) + "</strong> from " +
         html_escape(mail.message.header("From")) + ", " + time_text(mail.received_at) +
         "</p>\n<pre style=\"white-space:pre-wrap\">" + with_links(mail.message.text) + "</pre>\n" +
         framed(mail) + "</article>\n";
}

}  // namespace

std::string inbox_page(const World& world) {
  const std::vector<ReceivedMail> mails = world.inbox.newest_first();
  std::string body = "<h1>Inbox</h1>\n<p>Every mail to anybody, newest first.";
  body +=
      world.smtp_url.empty()
          ? " No SMTP server runs: start with <code>--smtp 127.0.0.1:1025</code>.</p>\n"
          : " Sent to <code>" + html_escape(world.smtp_url) + "</code>; reload to see more.</p>\n";
  if (mails.empty()) body += "<p class=\"muted\">No mail yet.</p>\n";
  for (const ReceivedMail& mail : mails) body += entry(mail);
  return frame("index", "Inbox", body);
}

Answer control_inbox(const World& world) {
  JsonWriter body;
  body.begin_object().key("mails").begin_array();
  for (const ReceivedMail& mail : world.inbox.newest_first()) {
    body.begin_object().field("id", static_cast<std::int64_t>(mail.id));
    body.field("received_at", time_text(mail.received_at)).field("sender", mail.sender);
    body.key("recipients").begin_array();
    for (const std::string& recipient : mail.recipients) body.value(recipient);
    body.end_array();
    body.field("subject", mail.message.header("Subject"));
    body.key("headers").begin_array();
    for (const auto& [name, value] : mail.message.headers) {
      body.begin_object().field("name", name).field("value", value).end_object();
    }
    body.end_array();
    body.field("text", mail.message.text).field("html", mail.message.html).end_object();
  }
  return json(200, body.end_array().end_object().text());
}

Answer control_clear_inbox(World& world) {
  world.inbox.clear();
  return json(200, R"({"detail":"ok"})");
}

}  // namespace latchkey::providers::dev
