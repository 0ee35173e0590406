// What a value of one key must look like, whatever the other keys say. Each check is named in the
// schema; contradictions between keys are in config/checks.h.
#pragma once

#include <string>
#include <string_view>

#include "config/value.h"

namespace latchkey::config {

// value_checks.cpp: sockets, files, mail, secrets
Verdict check_host_and_port(std::string& value);  // "127.0.0.1:8080", "[::1]:8080"
Verdict check_listen(std::string& value);         // the same, or "unix:/path"
Verdict check_network(std::string& value);        // an address or CIDR
Verdict check_file(std::string& value);           // can be read
Verdict check_directory(std::string& value);
Verdict check_language(std::string& value);
Verdict check_smtp_url(std::string& value);
Verdict check_mail_address(std::string& value);
Verdict check_table_name(std::string& value);  // "auth_user" or "schema.auth_user"
Verdict check_plain_text(std::string& value);  // UTF-8
Verdict check_secret_key(std::string_view value);
Verdict check_database_url(std::string_view value);

// web_checks.cpp: URLs, origins, cookies
Verdict check_absolute_url(std::string& value);
Verdict check_public_url(std::string& value);    // kept as an origin, without trailing slash
Verdict check_origin(std::string& value);        // kept as browsers write it
Verdict check_target(std::string& value);        // a path, or an absolute URL
Verdict check_callback_url(std::string& value);  // absolute, `{provider}` once or not at all
Verdict check_cookie_name(std::string& value);
Verdict check_header_name(std::string& value);
Verdict check_domain(
    std::string& value);  // lower-cased; a leading dot goes (RFC 6265 section 5.2.3)
Verdict check_scope(std::string& value);

// Whether `value` is a path on this server that no browser takes for another host.
bool is_local_path(std::string_view value);

// `callback_url` with `{provider}` replaced.
std::string callback_url_for(std::string_view callback_url, std::string_view provider_id);

}  // namespace latchkey::config
