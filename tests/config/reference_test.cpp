// The reference file and docs/configuration.md against the schema: every key, with its default.
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "config/duration.h"
#include "config/schema.h"
#include "tests/config/loading.h"

namespace latchkey::config {
namespace {

using testing::lines;

std::string read_repository_file(const std::string& path) {
  const std::ifstream file(std::string(LATCHKEY_SOURCE_DIR) + "/" + path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> out;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) out.push_back(part);
  return out;
}

// Keys whose default is not the struct's: it depends on another key or on the type of provider.
bool depends(const Key& key) {
  static const std::set<std::string> kDepending = {
      "session.cookie_secure", "providers.<id>.type",   "providers.<id>.label",
      "providers.<id>.scopes", "providers.<id>.issuer", "providers.<id>.trust_email"};
  return kDepending.contains(key.full_name("<id>"));
}

// The struct's default as a TOML literal, durations in seconds; secrets have none.
struct DefaultText {
  Target target;

  static std::string text(const std::string& value) { return '"' + value + '"'; }
  std::string operator()(const Flag& s) const { return s.member(target) ? "true" : "false"; }
  std::string operator()(const OptionalFlag&) const { return ""; }
  std::string operator()(const Integer& s) const { return std::to_string(s.member(target)); }
  std::string operator()(const Span& s) const {
    return std::to_string(s.member(target).count()) + "s";
  }
  std::string operator()(const Text& s) const { return text(s.member(target)); }
  std::string operator()(const Path& s) const { return text(s.member(target)); }
  std::string operator()(const Endpoint& s) const { return text(s.member(target)); }
  std::string operator()(const List& s) const { return s.member(target).empty() ? "[]" : "?"; }
  std::string operator()(const Choice& s) const {
    return text(std::string(s.names[s.get(target)]));
  }
  std::string operator()(const SecretText& s) const {
    return s.member(target).empty() ? "\"\"" : "?";
  }
  std::string operator()(const SecretList& s) const {
    return s.member(target).empty() ? "[]" : "?";
  }
};

std::string default_of(const Key& key) {
  Config config;
  Provider provider;
  return std::visit(DefaultText{{.config = &config, .provider = &provider}}, key.slot);
}

// Durations are written in the unit that reads best.
std::string normalised(const Key& key, const std::string& literal) {
  if (!std::holds_alternative<Span>(key.slot) || literal.size() < 2) return literal;
  const auto duration = parse_duration(literal.substr(1, literal.size() - 2));
  return duration ? std::to_string(duration->count()) + "s" : literal;
}

struct TypeName {
  std::string operator()(const Flag&) const { return "boolean"; }
  std::string operator()(const OptionalFlag&) const { return "boolean"; }
  std::string operator()(const Integer&) const { return "integer"; }
  std::string operator()(const Span&) const { return "duration"; }
  std::string operator()(const Text&) const { return "string"; }
  std::string operator()(const Path&) const { return "string"; }
  std::string operator()(const Endpoint&) const { return "URL"; }
  std::string operator()(const List&) const { return "list"; }
  std::string operator()(const Choice&) const { return "choice"; }
  std::string operator()(const SecretText&) const { return "secret"; }
  std::string operator()(const SecretList&) const { return "list of secrets"; }
};

// The reference file with its comment signs taken off the keys and sections.
std::string with_every_key() {
  std::string out;
  for (const std::string& line : split(read_repository_file("config/latchkey.toml"), '\n')) {
    const bool is_key = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    out += (is_key ? line.substr(1) : line) + '\n';
  }
  return out;
}

// "server.listen" -> the literal the reference shows; provider keys as "providers.<id>.label".
std::map<std::string, std::string> reference_lines() {
  std::map<std::string, std::string> out;
  std::string section;
  for (const std::string& line : split(with_every_key(), '\n')) {
    if (line.starts_with('[')) {
      section = line.substr(1, line.find(']') - 1);
      if (section.starts_with("providers.")) section = "providers.<id>";
    }
    const std::size_t equals = line.find(" = ");
    if (line.starts_with('#') || equals == std::string::npos) continue;
    out[section + "." + line.substr(0, equals)] = line.substr(equals + 3);
  }
  return out;
}

TEST(Reference, FileLoadsWithNothingButASecretKey) {
  const Loaded loaded = load_file(std::string(LATCHKEY_SOURCE_DIR) + "/config/latchkey.toml",
                                  {{"LATCHKEY_SERVER_SECRET_KEY", testing::kSecretKey}});
  EXPECT_EQ(lines(loaded.faults), "");
}

TEST(Reference, FileLoadsWithEveryLineInUse) {
  const testing::Folder folder;
  for (const char* name : {"github", "google", "company"}) {
    folder.write(std::string(name) + "_client_secret", "secret\n");
  }
  const Loaded loaded = load_text(with_every_key(), "latchkey.toml", folder.path(),
                                  {{"LATCHKEY_SERVER_SECRET_KEY", testing::kSecretKey}});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.providers.size(), 3U);
}

TEST(Reference, FileShowsEveryKeyWithItsDefault) {
  const auto shown = reference_lines();
  for (const Key& key : schema()) {
    const std::string name = key.full_name("<id>");
    const auto line = shown.find(name);
    ASSERT_NE(line, shown.end()) << name;
    if (key.is_secret()) {
      EXPECT_TRUE(shown.contains(name + "_file")) << name;
    }
    const bool example = name == "providers.<id>.client_id";
    if (depends(key) || example) continue;
    EXPECT_EQ(normalised(key, line->second), default_of(key)) << name;
  }
}

struct Row {
  std::string type, shown_default, environment, meaning;
};

std::string without_ticks(const std::string& cell) {
  const std::string_view trimmed = trim(cell);
  if (!trimmed.starts_with('`') || !trimmed.ends_with('`')) return std::string(trimmed);
  return std::string(trimmed.substr(1, trimmed.size() - 2));
}

// The rows of the tables of docs/configuration.md by key.
std::map<std::string, Row> documented_keys() {
  std::map<std::string, Row> out;
  for (const std::string& line : split(read_repository_file("docs/configuration.md"), '\n')) {
    if (!line.starts_with("| `")) continue;
    const std::vector<std::string> cells = split(line, '|');
    EXPECT_EQ(cells.size(), 6U) << line;
    if (cells.size() != 6) continue;
    out[without_ticks(cells[1])] = {.type = without_ticks(cells[2]),
                                    .shown_default = without_ticks(cells[3]),
                                    .environment = without_ticks(cells[4]),
                                    .meaning = cells[5]};
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '.') c = '_';
  }
  return text;
}

TEST(Reference, DocumentationHasARowForEveryKey) {
  const auto rows = documented_keys();
  for (const Key& key : schema()) {
    const std::string name = key.full_name("<id>");
    const auto found = rows.find(name);
    ASSERT_NE(found, rows.end()) << name;
    const Row& row = found->second;
    EXPECT_EQ(row.type, std::visit(TypeName{}, key.slot)) << name;
    EXPECT_EQ(row.environment, "LATCHKEY_" + upper(name)) << name;
    if (key.is_secret()) {
      EXPECT_THAT(row.meaning, ::testing::HasSubstr('`' + name + "_file`"));
    }
    if (const auto* choice = std::get_if<Choice>(&key.slot)) {
      for (const std::string_view word : choice->names) {
        EXPECT_THAT(row.meaning, ::testing::HasSubstr('`' + std::string(word) + '`')) << name;
      }
    }
    // What is empty by default is told in words.
    if (depends(key) || default_of(key) == "\"\"") {
      EXPECT_NE(row.shown_default, "") << name;
    } else {
      EXPECT_EQ(normalised(key, row.shown_default), default_of(key)) << name;
    }
  }
}

TEST(Reference, DocumentationAndFileHoldNoKeyThatDoesNotExist) {
  std::set<std::string> known;
  for (const Key& key : schema()) known.insert(key.full_name("<id>"));
  for (const auto& [name, row] : documented_keys()) EXPECT_TRUE(known.contains(name)) << name;
  EXPECT_EQ(documented_keys().size(), schema().size());
}

TEST(Reference, SchemaNamesEveryKeyOnce) {
  std::set<std::string> names;
  for (const Key& key : schema()) EXPECT_TRUE(names.insert(key.full_name("<id>")).second);
  EXPECT_EQ(find_key("server", "listen")->full_name(""), "server.listen");
  EXPECT_EQ(find_key("server", "nothing"), nullptr);
}

}  // namespace
}  // namespace latchkey::config
