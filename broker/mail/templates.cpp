#include "broker/mail/templates.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <kainjow/mustache.hpp>

#include "base/encoding.h"
#include "sql/text.h"
#include "web/assets.h"

namespace latchkey::broker {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::string_view kFallbackLanguage = "en";
constexpr std::size_t kMaxValue = 2048;  // a link

class Reader {
 public:
  explicit Reader(const config::Mail& settings) : settings_(settings) {}

  // The text of the template `name`, or "" and a fault.
  std::string read(const std::string& name) {
    const std::string own = settings_.language + "/" + name;
    if (auto text = from_directory(own)) return *text;
    for (const std::string_view language :
         {std::string_view(settings_.language), kFallbackLanguage}) {
      const std::string path = "mail/" + std::string(language) + "/" + name;
      if (const web::Asset* asset = web::find_asset(path)) return std::string(asset->body);
    }
    return "";
  }

  std::vector<std::string> faults;

 private:
  std::optional<std::string> from_directory(const std::string& name) {
    if (settings_.templates_dir.empty()) return std::nullopt;
    const std::string path = settings_.templates_dir + "/" + name;
    std::error_code unseen;
    if (!std::filesystem::exists(path, unseen) && !unseen) return std::nullopt;
    const std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    if (!file || content.str().empty()) {
      faults.push_back(path + ": is empty or cannot be read");
      return std::nullopt;
    }
    return content.str();
  }

  const config::Mail& settings_;
};

enum class Escape { no, html };

std::string fill_in(const std::string& source, const MailValues& values, Escape escape) {
  mustache::mustache page(source);
  if (!page.is_valid()) throw std::runtime_error(page.error_message());
  if (escape == Escape::no) page.set_custom_escape([](const std::string& text) { return text; });
  mustache::data data;
  for (const auto& [name, value] : values) data.set(name, value);
  return page.render(data);
}

std::string one_line(std::string_view value) {
  std::string line = sql::displayable(value, kMaxValue);
  for (char& c : line) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return line;
}

// The mail as `sources` make it, with the values as they are.
std::string subject_of(const std::string& source, const MailValues& values) {
  return std::string(trim(one_line(fill_in(source, values, Escape::no))));
}

MailValues sample_values() {
  MailValues values;
  for (const char* name : {"code", "link", "provider", "time", "ip", "device", "name", "new_email",
                           "merged_email", "by_staff", "service", "service_url"}) {
    values.emplace(name, name);
  }
  return values;
}

}  // namespace

MailTemplates::Loaded MailTemplates::load(const config::Mail& settings) {
  Loaded loaded;
  Reader reader(settings);
  MailTemplates& templates = loaded.templates;
  templates.layout_ = reader.read("layout.html");
  const auto attempt = [&](const std::string& name, const auto& render) {
    try {
      render();
    } catch (const std::runtime_error& error) {
      reader.faults.push_back(settings.language + "/" + name + ": " + error.what());
    }
  };
  MailValues sample = sample_values();
  sample["content"] = "content";
  attempt("layout.html", [&] { fill_in(templates.layout_, sample, Escape::html); });
  for (const MailKind kind : kMailKinds) {
    const std::string name(name_of(kind));
    const std::string text = reader.read(name + ".txt");
    const std::size_t end = text.find('\n');
    Sources& sources = templates.kinds_[kind];
    sources.subject = text.substr(0, end);
    if (end != std::string::npos) sources.text = trim(std::string_view(text).substr(end));
    sources.html = reader.read(name + ".html");
    attempt(name + ".txt", [&] {
      if (subject_of(sources.subject, sample).empty()) {
        throw std::runtime_error("its first line, the subject, is empty");
      }
      if (sources.text.empty()) throw std::runtime_error("it has no text below its subject");
      fill_in(sources.text, sample, Escape::no);
    });
    attempt(name + ".html", [&] { fill_in(sources.html, sample, Escape::html); });
  }
  loaded.faults = std::move(reader.faults);
  return loaded;
}

RenderedMail MailTemplates::render(MailKind kind, const MailValues& values) const {
  const Sources& sources = kinds_.at(kind);
  MailValues lines;
  for (const auto& [name, value] : values) {
    // An empty text counts as present in a mustache section.
    if (std::string line = one_line(value); !line.empty()) lines.emplace(name, std::move(line));
  }
  RenderedMail mail{.subject = subject_of(sources.subject, lines),
                    .text = fill_in(sources.text, lines, Escape::no) + "\n",
                    .html = {}};
  lines["content"] = fill_in(sources.html, lines, Escape::html);
  lines["subject"] = mail.subject;
  mail.html = fill_in(layout_, lines, Escape::html);
  return mail;
}

}  // namespace latchkey::broker
