// The texts of the mails: mustache templates of web/mail, which a deployment can replace one by one
// (`mail.templates_dir`) and translate (`mail.language`).
//
//   <language>/<kind>.txt     first line the subject, then an empty line, then the text
//   <language>/<kind>.html    what stands inside the frame
//   <language>/visit.txt, visit.html   what others include as {{> visit}}: when and from where
//   <language>/layout.html    the frame; {{{content}}} is the mail, {{subject}} its subject
//
// broker/mail/template_files.h says where they are found, broker/mail/template_check.h what may
// stand in them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "broker/mail/kinds.h"
#include "config/config.h"

namespace latchkey::broker {

using MailValues = std::map<std::string, std::string>;

struct RenderedMail {
  std::string subject;  // one line
  std::string text;
  std::string html;
};

class MailTemplates {
 public:
  struct Loaded;
  // Reads and tries every template.
  static Loaded load(const config::Mail& settings);

  // Values are escaped in HTML; in both forms they are one line of at most 2,048 bytes, so that a
  // name cannot pass for a part of the mail. `values` without an empty one.
  [[nodiscard]] RenderedMail render(MailKind kind, const MailValues& values) const;

 private:
  struct Sources {
    std::string subject;
    std::string text;
    std::string html;
  };
  std::map<MailKind, Sources> kinds_;
  std::string layout_;
};

struct MailTemplates::Loaded {
  MailTemplates templates;
  std::vector<std::string> faults;  // sentences that name the file or the key
};

}  // namespace latchkey::broker
