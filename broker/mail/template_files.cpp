#include "broker/mail/template_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/encoding.h"
#include "web/assets.h"

namespace latchkey::broker {
namespace {

namespace filesystem = std::filesystem;

constexpr std::string_view kFallbackLanguage = "en";

const web::Asset* built_in(std::string_view language, const std::string& name) {
  return web::find_asset("mail/" + std::string(language) + "/" + name);
}

// As editors of other systems save it: with CRLF, and with a mark of the byte order before it.
std::string plain(std::string text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  std::erase(text, '\r');
  return text;
}

}  // namespace

TemplateFiles::TemplateFiles(const config::Mail& settings) : settings_(settings) {
  check_language();
}

void TemplateFiles::check_language() {
  const std::string& language = settings_.language;
  const std::string quoted = '"' + language + '"';
  if (settings_.templates_dir.empty()) {
    if (built_in(language, "layout.html") != nullptr) return;
    faults_.push_back("mail.language is " + quoted +
                      ", which is not built in: set mail.templates_dir to a directory with its "
                      "texts, or use \"en\"");
    return;
  }
  const std::string directory = settings_.templates_dir + "/" + language;
  std::error_code unseen;
  if (filesystem::is_directory(directory, unseen)) {
    directory_ = directory;
    return;
  }
  faults_.push_back("mail.templates_dir has no directory " + quoted +
                    ", where the texts of mail.language belong: make " + directory +
                    ", or correct mail.language");
}

TemplateFiles::File TemplateFiles::read(const std::string& name) {
  if (auto own = read_own(name)) return std::move(*own);
  for (const std::string_view language :
       {std::string_view(settings_.language), kFallbackLanguage}) {
    if (const web::Asset* asset = built_in(language, name)) {
      return {.text = std::string(asset->body),
              .place = "built-in " + std::string(language) + "/" + name};
    }
  }
  return {.text = {}, .place = name};
}

std::optional<TemplateFiles::File> TemplateFiles::read_own(const std::string& name) {
  if (directory_.empty()) return std::nullopt;
  File file{.text = {}, .place = directory_ + "/" + name};
  std::error_code unseen;
  if (!filesystem::exists(file.place, unseen) && !unseen) return std::nullopt;
  const std::ifstream stream(file.place, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  file.text = plain(content.str());
  if (!stream || file.text.empty()) {
    fault(file, "is empty or cannot be read; without the file the built-in text is used");
    return std::nullopt;
  }
  if (!is_clean_utf8(file.text)) {
    fault(file, "is no UTF-8 text; save it as UTF-8");
    return std::nullopt;
  }
  return file;
}

void TemplateFiles::expect_only(const std::vector<std::string>& names) {
  if (directory_.empty()) return;
  std::error_code unseen;
  for (const auto& entry : filesystem::directory_iterator(directory_, unseen)) {
    const std::string name = entry.path().filename().string();
    const bool looks_like_one = name.ends_with(".txt") || name.ends_with(".html");
    if (!looks_like_one || std::find(names.begin(), names.end(), name) != names.end()) continue;
    fault({.text = {}, .place = entry.path().string()},
          "is the name of no template; docs/operations.md names them");
  }
}

void TemplateFiles::fault(const File& file, const std::string& what) {
  faults_.push_back("mail template " + file.place + ": " + what);
}

}  // namespace latchkey::broker
