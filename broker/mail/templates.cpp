#include "broker/mail/templates.h"

#include <stdexcept>

#include <kainjow/mustache.hpp>

#include "base/encoding.h"
#include "broker/mail/template_check.h"
#include "broker/mail/template_files.h"
#include "sql/text.h"

namespace latchkey::broker {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::size_t kMaxValue = 2048;  // a link

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

std::string_view without_empty_ends(std::string_view lines) {
  while (lines.starts_with('\n')) lines.remove_prefix(1);
  while (lines.ends_with('\n')) lines.remove_suffix(1);
  return lines;
}

// A section that is left out leaves an empty line where it stood; one is enough between two lines.
std::string without_gaps(std::string_view text) {
  std::string out;
  for (const char c : without_empty_ends(text)) {
    if (c != '\n' || !out.ends_with("\n\n")) out += c;
  }
  return out;
}

// Tries what mustache itself may object to, such as a section that is not closed.
void attempt(TemplateFiles& files, const TemplateFiles::File& file, const std::string& source) {
  try {
    fill_in(source, {}, Escape::no);
  } catch (const std::runtime_error& error) {
    files.fault(file, error.what());
  }
}

TemplateFiles::File read_checked(TemplateFiles& files, const std::string& name,
                                 const TemplateRules& rules) {
  TemplateFiles::File file = files.read(name);
  for (const std::string& what : template_faults(file.text, rules)) files.fault(file, what);
  return file;
}

std::string read_visit(TemplateFiles& files, const std::string& name, Markup markup) {
  TemplateFiles::File file = read_checked(files, name, rules_of_visit(markup));
  attempt(files, file, file.text);
  // The line that includes it has an end of its own.
  return std::string(without_empty_ends(file.text));
}

}  // namespace

MailTemplates::Loaded MailTemplates::load(const config::Mail& settings) {
  TemplateFiles files(settings);
  MailTemplates templates;
  std::vector<std::string> names{"layout.html", "visit.txt", "visit.html"};
  const TemplateFiles::File layout = read_checked(files, names[0], rules_of_layout());
  attempt(files, layout, layout.text);
  templates.layout_ = layout.text;
  const std::string visit_text = read_visit(files, names[1], Markup::text);
  const std::string visit_html = read_visit(files, names[2], Markup::html);
  for (const MailKind kind : kMailKinds) {
    Sources& sources = templates.kinds_[kind];
    names.push_back(std::string(name_of(kind)) + ".txt");
    const auto text = read_checked(files, names.back(), rules_of(kind, Markup::text));
    const std::size_t end = text.text.find('\n');
    sources.subject = trim(std::string_view(text.text).substr(0, end));
    if (end != std::string::npos) {
      sources.text =
          with_visit(without_empty_ends(std::string_view(text.text).substr(end)), visit_text);
    }
    if (sources.subject.empty()) files.fault(text, "its first line, the subject, is empty");
    if (sources.text.empty()) files.fault(text, "has no text below its subject");
    attempt(files, text, sources.subject);
    attempt(files, text, sources.text);

    names.push_back(std::string(name_of(kind)) + ".html");
    const auto html = read_checked(files, names.back(), rules_of(kind, Markup::html));
    sources.html = with_visit(html.text, visit_html);
    attempt(files, html, sources.html);
  }
  files.expect_only(names);
  return {.templates = std::move(templates), .faults = std::move(files).faults()};
}

RenderedMail MailTemplates::render(MailKind kind, const MailValues& values) const {
  const Sources& sources = kinds_.at(kind);
  MailValues lines;
  for (const auto& [name, value] : values) {
    // An empty text counts as present in a mustache section.
    if (std::string line = one_line(value); !line.empty()) lines.emplace(name, std::move(line));
  }
  RenderedMail mail{.subject = subject_of(sources.subject, lines),
                    .text = without_gaps(fill_in(sources.text, lines, Escape::no)) + "\n",
                    .html = {}};
  lines["content"] = fill_in(sources.html, lines, Escape::html);
  lines["subject"] = mail.subject;
  mail.html = fill_in(layout_, lines, Escape::html);
  return mail;
}

}  // namespace latchkey::broker
