#include "broker/mail/post_office.h"

#include <stdexcept>

#include "base/email.h"
#include "base/try.h"
#include "base/url.h"
#include "config/mail_address.h"
#include "sql/mails.h"

namespace latchkey::broker {
namespace {

MailTemplates sound_templates(const config::Mail& settings) {
  MailTemplates::Loaded loaded = MailTemplates::load(settings);
  if (!loaded.faults.empty()) throw std::runtime_error(loaded.faults.front());
  return std::move(loaded.templates);
}

// How the service calls itself in a mail: as in the sender's name, else by its host.
MailValues common_values(const config::Config& config) {
  const auto url = Url::parse(config.server.public_url);
  std::string service = url ? url->host : config.server.public_url;
  const auto from = config::parse_mail_address(config.mail.from);
  if (from && !from->name.empty()) service = from->name;
  return {{"service", service}, {"service_url", config.server.public_url}};
}

}  // namespace

PostOffice::PostOffice(const config::Config& config, const Clock& clock)
    : config_(config),
      clock_(clock),
      templates_(sound_templates(config.mail)),
      common_(common_values(config)) {}

bool PostOffice::configured() const { return !config_.mail.smtp_url.empty(); }

sql::Outcome<sql::NewMail> PostOffice::write(const Letter& letter) const {
  // Mail goes only to a stored address, in its stored form (SECURITY 16); anything else is a bug.
  const auto recipient = Email::parse(letter.recipient);
  if (!recipient || recipient->str() != letter.recipient) {
    return tl::unexpected(sql::Failure{.kind = sql::FailureKind::other,
                                       .detail = "a mail's recipient is not an address"});
  }
  MailValues values = letter.values;
  values.insert(common_.begin(), common_.end());
  RenderedMail rendered = templates_.render(letter.kind, values);
  return sql::NewMail{.kind = std::string(name_of(letter.kind)),
                      .recipient = recipient->str(),
                      .user_id = letter.user,
                      .subject = std::move(rendered.subject),
                      .text = std::move(rendered.text),
                      .html = std::move(rendered.html),
                      .created_at = clock_.now()};
}

sql::Outcome<bool> PostOffice::post(sql::Connection& connection, const Letter& letter) {
  if (!configured()) return true;
  LATCHKEY_TRY_ASSIGN(const sql::NewMail mail, write(letter));
  if (is_asked_for(letter.kind) && config_.limits.enabled) {
    return sql::mails::post_unless_recent(connection, mail, config_.limits.mail_interval);
  }
  return sql::mails::post(connection, mail).map([] { return true; });
}

sql::Outcome<void> PostOffice::pretend(sql::Connection& connection, const Letter& letter) {
  LATCHKEY_TRY_ASSIGN(const sql::NewMail mail, write(letter));
  return sql::mails::post_nothing(connection, mail);
}

}  // namespace latchkey::broker
