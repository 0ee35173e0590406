#include "broker/page_template.h"

#include <kainjow/mustache.hpp>

#include "web/assets.h"

namespace latchkey::broker {
namespace {

namespace mustache = kainjow::mustache;

std::string source_of(std::string_view path) { return std::string(web::find_asset(path)->body); }

}  // namespace

std::string login_page(const config::Spa& spa) {
  return spa.login_url.empty() ? "/login" : spa.login_url;
}

std::string render_page(std::string_view path, const config::Config& config,
                        const PageValues& values) {
  mustache::data data;
  for (const char* part : {"head", "brand"}) {
    data.set(part, mustache::partial(
                       [part] { return source_of("pages/parts/" + std::string(part) + ".html"); }));
  }
  data.set("login_url", login_page(config.spa));
  for (const auto& [name, value] : values) {
    // An empty text counts as present in a section.
    if (!value.empty()) data.set(name, value);
  }
  return mustache::mustache(source_of(path)).render(data);
}

}  // namespace latchkey::broker
