// Where the texts of mails are read from: the files of a deployment before those that are built in.
// They are read once, at the start; what is wrong with them is collected, to be told at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace latchkey::broker {

class TemplateFiles {
 public:
  // `settings` outlives it.
  explicit TemplateFiles(const config::Mail& settings);

  struct File {
    std::string text;   // UTF-8 with LF
    std::string place;  // for a sentence about it: "/etc/latchkey/mail/en/layout.html"
  };
  // `name`: "layout.html". Looked for in mail.templates_dir for mail.language, then among the
  // built-in ones for the language, then among the built-in English ones.
  File read(const std::string& name);

  // What is there for the language and is no template of that list, most likely a slip of the pen.
  void expect_only(const std::vector<std::string>& names);

  void fault(const File& file, const std::string& what);
  [[nodiscard]] std::vector<std::string> faults() && { return std::move(faults_); }

 private:
  void check_language();
  std::optional<File> read_own(const std::string& name);

  const config::Mail& settings_;
  std::string directory_;  // <templates_dir>/<language>; empty: none
  std::vector<std::string> faults_;
};

}  // namespace latchkey::broker
