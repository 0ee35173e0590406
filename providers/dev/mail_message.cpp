#include "providers/dev/mail_message.h"

#include <algorithm>
#include <optional>

#include "base/encoding.h"

namespace latchkey::providers::dev {
namespace {

constexpr int kMaxDepth = 5;

std::string without_cr(std::string_view text) {
  std::string out(text);
  std::erase(out, '\r');
  return out;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Bodies end a line that goes on with "="; encoded words write a space as "_".
std::string decode_quoted(std::string_view text, bool in_header) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '_' && in_header) {
      out += ' ';
    } else if (c == '=' && i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;
    } else if (c == '=' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
               hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

std::string decode_base64(std::string_view text) {
  std::string compact(text);
  std::erase_if(compact, [](char c) { return c == '\n' || c == ' ' || c == '\t'; });
  return base64_decode(compact).value_or(std::string(text));
}

// "=?UTF-8?B?…?=" at the start of `text`: what it says, and how long it is.
std::optional<std::pair<std::string, std::size_t>> encoded_word(std::string_view text) {
  if (!text.starts_with("=?")) return std::nullopt;
  const std::size_t charset_end = text.find('?', 2);
  if (charset_end == std::string_view::npos || charset_end + 2 >= text.size()) return std::nullopt;
  const std::size_t end = text.find("?=", charset_end + 3);
  if (end == std::string_view::npos || text[charset_end + 2] != '?') return std::nullopt;
  const std::string_view body = text.substr(charset_end + 3, end - charset_end - 3);
  const char encoding = text[charset_end + 1];
  const bool base64 = encoding == 'B' || encoding == 'b';
  return std::pair(base64 ? decode_base64(body) : decode_quoted(body, true), end + 2);
}

// White space between two encoded words belongs to neither (RFC 2047 section 6.2).
std::string decode_words(std::string_view text) {
  std::string out;
  bool after_word = false;
  while (!text.empty()) {
    const std::size_t blanks = std::min(text.find_first_not_of(" \t"), text.size());
    const auto word = encoded_word(text.substr(blanks));
    if (word) {
      if (!after_word) out += text.substr(0, blanks);
      out += word->first;
      text.remove_prefix(blanks + word->second);
    } else {
      const std::size_t taken = std::min(blanks + 1, text.size());
      out += text.substr(0, taken);
      text.remove_prefix(taken);
    }
    after_word = word.has_value();
  }
  return out;
}

struct Entity {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body;

  [[nodiscard]] std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (ascii_iequals(key, name)) return value;
    }
    return {};
  }
};

// `text` has LF line ends.
Entity split_headers(std::string_view text) {
  Entity entity;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) break;
    if ((line.front() == ' ' || line.front() == '\t') && !entity.headers.empty()) {
      entity.headers.back().second += line;
      continue;
    }
    const std::size_t colon = std::min(line.find(':'), line.size());
    entity.headers.emplace_back(line.substr(0, colon),
                                trim(line.substr(std::min(colon + 1, line.size()))));
  }
  entity.body = text;
  return entity;
}

std::string boundary_of(const std::string& content_type) {
  const std::size_t at = ascii_lower(content_type).find("boundary=");
  if (at == std::string::npos) return {};
  const std::string_view value = std::string_view(content_type).substr(at + 9);
  if (value.starts_with('"')) return std::string(value.substr(1, value.find('"', 1) - 1));
  return std::string(trim(value.substr(0, value.find(';'))));
}

std::string decode_body(const Entity& entity) {
  const std::string encoding = ascii_lower(entity.header("Content-Transfer-Encoding"));
  if (encoding == "base64") return without_cr(decode_base64(entity.body));
  if (encoding == "quoted-printable") return without_cr(decode_quoted(entity.body, false));
  return std::string(entity.body);
}

void collect(const Entity& entity, MailMessage& into, int depth);

// Where the next line is that begins with the boundary and has nothing more: one boundary may begin
// with another.
std::size_t find_delimiter(std::string_view text, const std::string& delimiter, std::size_t from) {
  std::size_t at = text.find(delimiter, from);
  while (at != std::string_view::npos) {
    const std::string_view rest = text.substr(at + delimiter.size());
    const std::string_view tail = rest.substr(0, rest.find('\n'));
    if (trim(tail).empty() || tail.starts_with("--")) return at;
    at = text.find(delimiter, at + 1);
  }
  return at;
}

// A mail that was cut off has its last part all the same.
void collect_parts(std::string_view body, const std::string& boundary, MailMessage& into,
                   int depth) {
  const std::string delimiter = "\n--" + boundary;
  const std::string text = "\n" + std::string(body);
  const std::string_view whole(text);
  std::size_t at = find_delimiter(whole, delimiter, 0);
  while (at != std::string_view::npos) {
    const std::size_t start = at + delimiter.size();
    if (whole.substr(start).starts_with("--")) return;
    const std::size_t line_end = std::min(whole.find('\n', start), whole.size());
    at = find_delimiter(whole, delimiter, line_end);
    const std::size_t part = std::min(line_end + 1, whole.size());
    if (part <= std::min(at, whole.size())) {
      collect(split_headers(whole.substr(part, at - part)), into, depth + 1);
    }
  }
}

void collect(const Entity& entity, MailMessage& into, int depth) {
  const std::string type = entity.header("Content-Type");
  const std::string lower = ascii_lower(type);
  if (lower.starts_with("multipart/")) {
    const std::string boundary = boundary_of(type);
    if (!boundary.empty() && depth < kMaxDepth) collect_parts(entity.body, boundary, into, depth);
  } else if (lower.starts_with("text/html")) {
    if (into.html.empty()) into.html = decode_body(entity);
  } else if (lower.empty() || lower.starts_with("text/plain")) {
    if (into.text.empty()) into.text = decode_body(entity);
  }
}

}  // namespace

std::string MailMessage::header(std::string_view name) const {
  return Entity{.headers = headers, .body = {}}.header(name);
}

MailMessage parse_mail(std::string_view raw) {
  const std::string lines = without_cr(raw);
  const Entity whole = split_headers(lines);
  MailMessage message;
  for (const auto& [name, value] : whole.headers) {
    message.headers.emplace_back(to_valid_utf8(name), to_valid_utf8(decode_words(value)));
  }
  collect(whole, message, 0);
  message.text = to_valid_utf8(message.text);
  message.html = to_valid_utf8(message.html);
  return message;
}

}  // namespace latchkey::providers::dev
