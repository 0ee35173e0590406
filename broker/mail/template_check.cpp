#include "broker/mail/template_check.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/encoding.h"

namespace latchkey::broker {
namespace {

constexpr std::string_view kVisit = "visit";
constexpr std::string_view kContent = "content";

// mustache(5): a sigil, or none for a value; "{" stands for three braces.
struct Tag {
  char sigil = ' ';
  std::string_view name;
  std::size_t begin = 0;  // in the source
  std::size_t end = 0;
};

std::optional<Tag> next_tag(std::string_view source, std::size_t from) {
  const std::size_t begin = source.find("{{", from);
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view inner = source.substr(begin + 2);
  const bool three = inner.starts_with('{');
  const std::string_view close = three ? "}}}" : "}}";
  const std::size_t length = inner.find(close);
  if (length == std::string_view::npos) return std::nullopt;  // mustache says so
  Tag tag{.begin = begin, .end = begin + 2 + length + close.size()};
  inner = trim(inner.substr(0, length));
  if (!inner.empty() &&
      std::string_view("{#^/&!>=").find(inner.front()) != std::string_view::npos) {
    tag.sigil = inner.front();
    inner.remove_prefix(1);
  }
  tag.name = trim(inner);
  return tag;
}

bool is_value(const Tag& tag) { return tag.sigil == ' ' || tag.sigil == '{' || tag.sigil == '&'; }

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<std::string> fault_of(const Tag& tag, const TemplateRules& rules) {
  if (tag.sigil == '!') return std::nullopt;
  if (tag.sigil == '=') return "changes the braces of its values; keep {{ and }}";
  if (tag.sigil == '>') {
    if (tag.name == kVisit) return std::nullopt;
    return fmt::format("includes {{{{> {}}}}}; only {{{{> visit}}}} can be", tag.name);
  }
  if (!contains(rules.values, tag.name)) {
    return fmt::format("uses {{{{{}}}}}, which it has not; there are {}", tag.name,
                       fmt::join(rules.values, ", "));
  }
  const bool as_it_is = tag.sigil == '{' || tag.sigil == '&';
  if (rules.markup == Markup::html && as_it_is != (tag.name == kContent)) {
    return as_it_is ? fmt::format(
                          "puts {0} in as HTML, which strangers may have written; use "
                          "{{{{{0}}}}}",
                          tag.name)
                    : "puts its content in as text; use {{{content}}}";
  }
  return std::nullopt;
}

std::vector<std::string_view> common_values() {
  return {"service", "service_url", "name", "time", "by_staff", "device", "ip"};
}

std::vector<std::string_view> needed_values(MailKind kind) {
  switch (kind) {
    case MailKind::confirm_email:
    case MailKind::signup_existing:
    case MailKind::change_email:
    case MailKind::reset_password:
      return {"link"};
    case MailKind::sign_in_code:
      return {"code"};
    case MailKind::identity_linked:
    case MailKind::identity_unlinked:
      return {"provider"};
    case MailKind::password_changed:
    case MailKind::email_changed:
    case MailKind::new_device:
    case MailKind::accounts_merged:
      break;
  }
  return {};
}

std::vector<std::string_view> further_values(MailKind kind) {
  if (kind == MailKind::sign_in_code) return {"link", "provider"};
  if (kind == MailKind::email_changed) return {"new_email"};
  if (kind == MailKind::accounts_merged) return {"merged_email"};
  return {};
}

void append(std::vector<std::string_view>& values, const std::vector<std::string_view>& more) {
  values.insert(values.end(), more.begin(), more.end());
}

}  // namespace

TemplateRules rules_of(MailKind kind, Markup markup) {
  TemplateRules rules{.markup = markup, .values = common_values(), .needed = needed_values(kind)};
  append(rules.values, rules.needed);
  append(rules.values, further_values(kind));
  return rules;
}

TemplateRules rules_of_layout() {
  return {.markup = Markup::html,
          .values = {"content", "subject", "service", "service_url"},
          .needed = {kContent}};
}

TemplateRules rules_of_visit(Markup markup) {
  return {.markup = markup, .values = common_values(), .needed = {}};
}

std::vector<std::string> template_faults(std::string_view source, const TemplateRules& rules) {
  std::vector<std::string> faults;
  std::vector<std::string_view> used;
  for (auto tag = next_tag(source, 0); tag; tag = next_tag(source, tag->end)) {
    if (auto fault = fault_of(*tag, rules)) faults.push_back(std::move(*fault));
    if (is_value(*tag)) used.push_back(tag->name);
  }
  for (const std::string_view name : rules.needed) {
    if (contains(used, name)) continue;
    faults.push_back(fmt::format("lacks {}", name == kContent ? std::string("{{{content}}}")
                                                              : fmt::format("{{{{{}}}}}", name)));
  }
  return faults;
}

std::string with_visit(std::string_view source, std::string_view visit) {
  std::string whole;
  std::size_t from = 0;
  for (auto tag = next_tag(source, 0); tag; tag = next_tag(source, tag->end)) {
    if (tag->sigil != '>' || tag->name != kVisit) continue;
    whole += source.substr(from, tag->begin - from);
    whole += visit;
    from = tag->end;
  }
  return whole + std::string(source.substr(from));
}

}  // namespace latchkey::broker
