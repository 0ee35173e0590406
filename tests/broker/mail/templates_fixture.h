// Mail templates of a deployment: a directory of its own.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "broker/mail/templates.h"

namespace latchkey::test {

class MailTemplatesTest : public testing::Test {
 protected:
  MailTemplatesTest() {
    std::string pattern = testing::TempDir() + "mail-templates-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no directory");
    directory_ = pattern;
  }
  ~MailTemplatesTest() override { std::filesystem::remove_all(directory_); }

  // Puts a file there, "en/layout.html", and uses the directory from now on.
  std::string put(const std::string& name, const std::string& text) {
    settings_.templates_dir = directory_;
    const std::filesystem::path path = std::filesystem::path(directory_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  [[nodiscard]] std::vector<std::string> faults() const {
    return broker::MailTemplates::load(settings_).faults;
  }
  [[nodiscard]] broker::RenderedMail render(broker::MailKind kind,
                                            const broker::MailValues& values) const {
    const auto loaded = broker::MailTemplates::load(settings_);
    EXPECT_THAT(loaded.faults, testing::IsEmpty());
    return loaded.templates.render(kind, values);
  }

  std::string directory_;
  config::Mail settings_;
};

}  // namespace latchkey::test
