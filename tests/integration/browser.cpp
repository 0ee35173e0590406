#include "tests/integration/browser.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <curl/curl.h>

#include "base/encoding.h"
#include "base/json.h"

namespace latchkey::test {
namespace {

struct HandleDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t append_body(char* data, std::size_t, std::size_t size, void* out) {
  static_cast<std::string*>(out)->append(data, size);
  return size;
}

std::size_t append_header(char* data, std::size_t, std::size_t size, void* out) {
  const std::string_view line(data, size);
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    std::string_view value = line.substr(colon + 1);
    while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
    static_cast<HeaderList*>(out)->emplace_back(line.substr(0, colon), trim(value));
  }
  return size;
}

bool has(const HeaderList& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [name](const auto& field) { return ascii_iequals(field.first, name); });
}

}  // namespace

std::string Answer::header(std::string_view name) const {
  for (const auto& [field, value] : headers) {
    if (ascii_iequals(field, name)) return value;
  }
  return "";
}

std::string Answer::text(std::string_view member) const {
  const auto document = JsonDocument::parse(body);
  return document ? std::string(document->root()[member].string().value_or("")) : "";
}

std::string Answer::set_cookie(std::string_view name) const {
  for (const auto& [field, value] : headers) {
    if (ascii_iequals(field, "Set-Cookie") && value.starts_with(std::string(name) + "=")) {
      return value;
    }
  }
  return "";
}

Answer Browser::get(const std::string& url, const HeaderList& headers) {
  return send("GET", url, "", headers);
}

Answer Browser::post(const std::string& url, const std::string& json, HeaderList headers) {
  if (cookies.contains("csrftoken")) headers.emplace_back("X-CSRFToken", cookies["csrftoken"]);
  return send("POST", url, json, std::move(headers));
}

Answer Browser::remove(const std::string& url) {
  HeaderList headers;
  if (cookies.contains("csrftoken")) headers.emplace_back("X-CSRFToken", cookies["csrftoken"]);
  return send("DELETE", url, "", std::move(headers));
}

Answer Browser::send(const std::string& method, const std::string& url, const std::string& body,
                     HeaderList headers) {
  const std::string absolute = url.starts_with('/') ? home_ + url : url;
  const bool at_home = absolute.starts_with(home_);
  if (at_home && !cookies.empty()) headers.emplace_back("Cookie", cookie_header());
  if (!body.empty() && !has(headers, "Content-Type")) {
    headers.emplace_back("Content-Type", "application/json");
  }
  curl_slist* raw_list = nullptr;
  for (const auto& [name, value] : headers) {
    raw_list = curl_slist_append(raw_list, (name + ": " + value).c_str());
  }
  // No waiting for "100 Continue", and no content type of libcurl's own.
  raw_list = curl_slist_append(raw_list, "Expect:");
  if (!has(headers, "Content-Type")) raw_list = curl_slist_append(raw_list, "Content-Type:");
  const std::unique_ptr<curl_slist, ListDeleter> list(raw_list);

  const std::unique_ptr<CURL, HandleDeleter> handle(curl_easy_init());
  Answer answer;
  curl_easy_setopt(handle.get(), CURLOPT_URL, absolute.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  // Otherwise it would wait for the body.
  if (method == "HEAD") curl_easy_setopt(handle.get(), CURLOPT_NOBODY, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, append_body);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(handle.get(), CURLOPT_HEADERFUNCTION, append_header);
  curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, &answer.headers);
  if (method != "GET") {
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body.c_str());
  }
  if (const CURLcode code = curl_easy_perform(handle.get()); code != CURLE_OK) {
    throw std::runtime_error("no answer from " + absolute + ": " + curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  if (at_home) keep_cookies(answer);
  return answer;
}

std::string Browser::cookie_header() const {
  std::string header;
  for (const auto& [name, value] : cookies) {
    if (!header.empty()) header += "; ";
    header += name + "=" + value;
  }
  return header;
}

void Browser::keep_cookies(const Answer& answer) {
  for (const auto& [field, header] : answer.headers) {
    if (!ascii_iequals(field, "Set-Cookie")) continue;
    const std::string pair = header.substr(0, header.find(';'));
    const std::size_t equals = pair.find('=');
    const std::string name = pair.substr(0, equals);
    if (header.find("Max-Age=0") != std::string::npos) {
      cookies.erase(name);
    } else {
      cookies[name] = pair.substr(equals + 1);
    }
  }
}

}  // namespace latchkey::test
