#include "tests/integration/mail_slot.h"

#include <regex>

#include "base/json.h"

namespace latchkey::test {
namespace {

sql::Rows must(sql::Outcome<sql::Rows> rows) {
  if (!rows) throw std::runtime_error(rows.error().detail);
  return *std::move(rows);
}

}  // namespace

std::string form(const std::map<std::string, std::string>& members) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] : members) json.field(name, value);
  json.end_object();
  return json.text();
}

void configure_mail(config::Config& config) {
  config.mail.smtp_url = "smtp://127.0.0.1:1";
  config.mail.from = "latchkey@example.com";
}

std::int64_t mails_to(const Service& service, const std::string& recipient,
                      const std::string& kind) {
  static constexpr sql::Statement kCount = {
      "test_count_mails_to",
      "SELECT count(*) FROM mails WHERE recipient = $1 AND to_jsonb(mails) ->> 'kind' = $2"};
  const auto connection = service.database();
  return must(connection->execute(kCount, sql::Parameters().text(recipient).text(kind)))[0].int64(
      0);
}

std::string mail_text(const Service& service, const std::string& recipient,
                      const std::string& kind) {
  static constexpr sql::Statement kNewest = {
      "test_newest_text",
      "SELECT text_body FROM mails WHERE recipient = $1 AND kind = $2 ORDER BY id DESC LIMIT 1"};
  const auto connection = service.database();
  const sql::Rows rows =
      must(connection->execute(kNewest, sql::Parameters().text(recipient).text(kind)));
  return rows.empty() ? "" : rows[0].text(0);
}

std::string mailed_token(const Service& service, const std::string& recipient,
                         const std::string& kind) {
  std::smatch match;
  const std::string mail = mail_text(service, recipient, kind);
  static const std::regex kLink("/(?:email/verify|password/reset)#token=([A-Za-z0-9_-]{43})");
  return std::regex_search(mail, match, kLink) ? match[1].str() : "";
}

std::string mailed_code(const Service& service, const std::string& recipient) {
  static constexpr sql::Statement kNewest = {
      "test_newest_mail",
      "SELECT to_jsonb(mails)::text FROM mails WHERE recipient = $1 ORDER BY id DESC LIMIT 1"};
  const auto connection = service.database();
  const sql::Rows rows = must(connection->execute(kNewest, sql::Parameters().text(recipient)));
  std::smatch match;
  const std::string mail = rows.empty() ? "" : rows[0].text(0);
  static const std::regex kLink("/auth/pending#code=([2-9A-HJKMNP-TV-Z]{6})");
  return std::regex_search(mail, match, kLink) ? match[1].str() : "";
}

}  // namespace latchkey::test
