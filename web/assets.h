// What a browser gets, embedded in the binary: pages, styles and modules of web/. The broker serves
// the pages and openapi.json at routes of their own and everything else at /auth/assets/<path>.
// The pages and the texts of mails in mail/ are mustache templates; the other files leave as they
// are.
#pragma once

#include <string_view>

namespace latchkey::web {

// All views are of static storage.
struct Asset {
  std::string_view path;          // "latchkey.css"
  std::string_view content_type;  // "text/css; charset=utf-8"
  std::string_view body;
  std::string_view
      etag;  // strong, quoted: the start of the body's SHA-256 (RFC 9110 section 8.8.3)
};

// nullptr when there is no file of that name.
const Asset* find_asset(std::string_view path);

}  // namespace latchkey::web
