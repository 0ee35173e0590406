// The built-in pages as a browser gets them. A file of web/pages/ or web/admin/ is a mustache
// template; what all of them share, the head and the way home, is in web/pages/parts/. They hold
// nothing of the visitor's: what a page shows of somebody comes from the API.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "config/config.h"

namespace latchkey::broker {

// By the names that stand in the template; markup in a value stays text. An empty one counts as not
// there.
using PageValues = std::map<std::string, std::string>;

// Where visitors sign in: spa.login_url if there is one, else the built-in page.
std::string login_page(const config::Spa& spa);

// The page at `path` below web/, e.g. "pages/login.html", with its links leading where `config`
// says.
std::string render_page(std::string_view path, const config::Config& config,
                        const PageValues& values = {});

}  // namespace latchkey::broker
