#include "broker/mail/smtp_transport.h"

#include <charconv>
#include <memory>
#include <stdexcept>

#include "base/url.h"
#include "providers/curl_client.h"

namespace latchkey::broker {
namespace {

constexpr long kConnectTimeoutMs = 10'000;

struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListCleanup>;

struct MimeCleanup {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using Mime = std::unique_ptr<curl_mime, MimeCleanup>;

template <class T>
void set(CURL* handle, CURLoption option, T value) {
  if (curl_easy_setopt(handle, option, value) != CURLE_OK) {
    throw std::runtime_error("libcurl refuses an option for mail");
  }
}

List list_of(const std::vector<std::string>& lines) {
  List list;
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

// The encoder takes LF for a character and CRLF for the end of a line.
std::string with_crlf(const std::string& text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

void add_part(curl_mime* mime, const std::string& body, const char* type) {
  const std::string lines = with_crlf(body);
  curl_mimepart* part = curl_mime_addpart(mime);
  if (part == nullptr || curl_mime_data(part, lines.data(), lines.size()) != CURLE_OK ||
      curl_mime_type(part, type) != CURLE_OK ||
      curl_mime_encoder(part, "quoted-printable") != CURLE_OK) {
    throw std::bad_alloc();
  }
}

// The text first: readers show the last alternative that they can (RFC 2046 section 5.1.4).
Mime mime_of(CURL* handle, const OutgoingMail& mail) {
  Mime mime(curl_mime_init(handle));
  if (!mime) throw std::bad_alloc();
  add_part(mime.get(), mail.text, "text/plain; charset=utf-8");
  add_part(mime.get(), mail.html, "text/html; charset=utf-8");
  return mime;
}

// libcurl knows the smtp URL; base/url.h only http ones, with the same grammar.
bool is_loopback(const std::string& smtp_url) {
  const auto url = Url::parse("http" + smtp_url.substr(smtp_url.find("://")));
  return url && url->is_loopback();
}

std::string ehlo_name(const std::string& public_url) {
  const auto url = Url::parse(public_url);
  return url && !url->host.starts_with('[') ? url->host : "localhost";
}

}  // namespace

SmtpSettings smtp_settings(const config::Config& config) {
  const auto from = config::parse_mail_address(config.mail.from);
  if (!from) throw std::runtime_error("mail.from is no address");
  return {.url = config.mail.smtp_url,
          .ehlo_name = ehlo_name(config.server.public_url),
          .from = *from,
          .username = config.mail.username,
          .password = config.mail.password,
          .ca_file = providers::choose_ca_bundle(config.outbound.ca_file),
          .require_tls = !is_loopback(config.mail.smtp_url)};
}

SmtpConnection::SmtpConnection(const SmtpSettings& settings, const std::atomic<bool>& stop)
    : settings_(settings), stop_(stop), handle_(curl_easy_init()) {
  if (!handle_) throw std::runtime_error("libcurl cannot start");
  CURL* h = handle_.get();
  // The path of an smtp URL is the name for EHLO.
  std::string url = settings.url;
  if (!url.ends_with('/')) url += '/';
  set(h, CURLOPT_URL, (url + settings.ehlo_name).c_str());
  set(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(h, CURLOPT_PROXY, "");
  set(h, CURLOPT_NOSIGNAL, 1L);
  set(h, CURLOPT_USE_SSL, settings.require_tls ? long{CURLUSESSL_ALL} : long{CURLUSESSL_NONE});
  set(h, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (!settings.ca_file.empty()) {
    set(h, CURLOPT_CAINFO, settings.ca_file.c_str());
    set(h, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (!settings.username.empty()) {
    set(h, CURLOPT_USERNAME, settings.username.c_str());
    set(h, CURLOPT_PASSWORD, std::string(settings.password.reveal()).c_str());
  }
  set(h, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  set(h, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout.count()));
  set(h, CURLOPT_MAIL_FROM, ("<" + settings.from.address.str() + ">").c_str());
  set(h, CURLOPT_NOPROGRESS, 0L);
  set(h, CURLOPT_XFERINFOFUNCTION, &SmtpConnection::is_stopped);
  set(h, CURLOPT_XFERINFODATA, this);
  set(h, CURLOPT_VERBOSE, 1L);  // for watch(); nothing is printed
  set(h, CURLOPT_DEBUGFUNCTION, &SmtpConnection::watch);
  set(h, CURLOPT_DEBUGDATA, this);
}

tl::expected<void, SmtpFault> SmtpConnection::send(const OutgoingMail& mail) {
  CURL* h = handle_.get();
  command_.clear();
  status_ = 0;
  quitting_ = false;
  const List recipients = list_of({"<" + mail.recipient + ">"});
  const List headers = list_of(headers_of(mail, settings_.from));
  const Mime mime = mime_of(h, mail);
  set(h, CURLOPT_MAIL_RCPT, recipients.get());
  set(h, CURLOPT_HTTPHEADER, headers.get());
  set(h, CURLOPT_MIMEPOST, mime.get());
  const CURLcode code = curl_easy_perform(h);
  // The handle lives on, and what it points to does not.
  set(h, CURLOPT_MIMEPOST, static_cast<curl_mime*>(nullptr));
  set(h, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  set(h, CURLOPT_MAIL_RCPT, static_cast<curl_slist*>(nullptr));
  if (code == CURLE_OK) return {};
  return tl::unexpected(fault(code));
}

// libcurl answers with one code for a refused sender, recipient and mail; only the command that was
// refused tells them apart. A refused sender is a fault of the configuration, and no mail's.
SmtpFault SmtpConnection::fault(int code) const {
  const auto curl_code = static_cast<CURLcode>(code);
  const bool about_this_mail = command_ == "RCPT" || command_ == "DATA";
  const bool answered = curl_code == CURLE_SEND_ERROR || curl_code == CURLE_WEIRD_SERVER_REPLY;
  if (!about_this_mail || !answered || status_ < 400 || status_ > 599) {
    return {.kind = SmtpFault::Kind::unreachable, .detail = curl_easy_strerror(curl_code)};
  }
  return {.kind = status_ >= 500 ? SmtpFault::Kind::refused : SmtpFault::Kind::later,
          .detail = "the server answered " + command_ + " with " + std::to_string(status_)};
}

int SmtpConnection::watch(CURL* /*handle*/, curl_infotype type, char* data, std::size_t size,
                          void* self) {
  auto& connection = *static_cast<SmtpConnection*>(self);
  const std::string_view line(data, size);
  // libcurl says QUIT before it reports the fault that made it; what that answers says nothing.
  if (type == CURLINFO_HEADER_IN && !connection.quitting_) {
    std::from_chars(line.data(), line.data() + line.size(), connection.status_);
  }
  if (type != CURLINFO_HEADER_OUT) return 0;
  const std::string_view verb = line.substr(0, line.find_first_of(" \r\n"));
  // Only verbs: what follows AUTH is a password.
  for (const std::string_view known : {"EHLO", "AUTH", "MAIL", "RCPT", "DATA"}) {
    if (verb == known) connection.command_ = known;
  }
  connection.quitting_ = verb == "QUIT";
  return 0;
}

int SmtpConnection::is_stopped(void* self, curl_off_t /*to_load*/, curl_off_t /*loaded*/,
                               curl_off_t /*to_send*/, curl_off_t /*sent*/) {
  return static_cast<SmtpConnection*>(self)->stop_ ? 1 : 0;
}

}  // namespace latchkey::broker
