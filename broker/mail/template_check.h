// What a mail template may say. mustache leaves out whatever it does not know, so a slip of the pen
// would be found by whoever gets a mail without its link; here it is found at the start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/mail/kinds.h"

namespace latchkey::broker {

enum class Markup { text, html };

struct TemplateRules {
  Markup markup = Markup::text;
  std::vector<std::string_view> values;  // what may stand in {{…}}
  std::vector<std::string_view> needed;  // what must
};

// For the templates of a kind. It makes no sense without its code or link.
TemplateRules rules_of(MailKind kind, Markup markup);
// For layout.html: {{{content}}} is the one value that is HTML already.
TemplateRules rules_of_layout();
// For visit.txt and visit.html.
TemplateRules rules_of_visit(Markup markup);

// What is wrong with it, each as half a sentence. That its sections are closed, mustache checks.
std::vector<std::string> template_faults(std::string_view source, const TemplateRules& rules);

// `source` with `visit` in the place of each {{> visit}}.
std::string with_visit(std::string_view source, std::string_view visit);

}  // namespace latchkey::broker
