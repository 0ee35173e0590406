#include "broker/mail/message.h"

#include <algorithm>

#include <fmt/chrono.h>

#include "base/encoding.h"

namespace latchkey::broker {
namespace {

// "=?UTF-8?B?" + "?=" + 60 characters of base64 make 72 of the 75 that RFC 2047 section 2 allows.
constexpr std::size_t kBytesPerWord = 45;
constexpr std::size_t kMaxPlain = 200;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

bool is_plain(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  // Text that looks like an encoded word would be shown as what it encodes.
  return ascii && text.size() <= kMaxPlain && text.find("=?") == std::string_view::npos;
}

// The first characters of `text` that fit into one encoded word, whole.
std::string_view next_word(std::string_view text) {
  if (text.size() <= kBytesPerWord) return text;
  std::size_t end = kBytesPerWord;
  while (end > 0 && is_continuation(text[end])) --end;
  return text.substr(0, end > 0 ? end : kBytesPerWord);
}

}  // namespace

std::string header_text(std::string_view text) {
  std::string clean(text);
  std::replace_if(clean.begin(), clean.end(), is_control, ' ');
  if (is_plain(clean)) return clean;
  std::string encoded;
  for (std::string_view rest = clean; !rest.empty();) {
    const std::string_view word = next_word(rest);
    rest.remove_prefix(word.size());
    if (!encoded.empty()) encoded += "\r\n ";  // folding: white space between words is not shown
    encoded += "=?UTF-8?B?" + base64_encode(word) + "?=";
  }
  return encoded;
}

std::string mail_date(TimePoint at) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000",
                     fmt::gmtime(static_cast<std::time_t>(unix_seconds(at))));
}

std::vector<std::string> headers_of(const OutgoingMail& mail, const config::MailAddress& from) {
  const std::string& address = from.address.str();
  return {"Date: " + mail_date(mail.date),
          "From: " + (from.name.empty() ? address : header_text(from.name) + " <" + address + ">"),
          "To: " + header_text(mail.recipient), "Subject: " + header_text(mail.subject),
          "Message-ID: <" + mail.message_id + ">",
          // RFC 3834 section 5: keeps holiday notices and list robots from answering.
          "Auto-Submitted: auto-generated", "Content-Type: multipart/alternative"};
}

}  // namespace latchkey::broker
