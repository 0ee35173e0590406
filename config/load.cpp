// A configuration in four steps: read the file and the environment into entries, let the
// environment win, store each value through the schema, then look for contradictions.
#include "config/load.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>

#include <tl/expected.hpp>

#include "config/checks.h"
#include "config/report.h"
#include "config/sources.h"

namespace latchkey::config {
namespace {

// The content, or why the system would not give it.
tl::expected<std::string, std::string> read_file(const std::string& path) {
  const auto failure = [](int number) {
    return tl::unexpected(std::generic_category().message(number));
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return failure(EISDIR);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(errno == 0 ? EIO : errno);
  std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) return failure(EIO);
  return content;
}

// Secrets are lines: one for a key, any number for a list of them.
Value secret_value(const Key& key, std::string content) {
  const auto chop = [](std::string& line) {
    if (line.ends_with('\n')) line.pop_back();
    if (line.ends_with('\r')) line.pop_back();
  };
  if (!key.is_list()) {
    chop(content);
    return content;
  }
  std::vector<std::string> secrets;
  std::size_t begin = 0;
  while (begin < content.size()) {
    const std::size_t end = content.find('\n', begin);
    std::string line = content.substr(begin, end == std::string::npos ? end : end - begin);
    chop(line);
    if (!line.empty()) secrets.push_back(std::move(line));
    if (end == std::string::npos) break;
    begin = end + 1;
  }
  return secrets;
}

// Whether nothing stands there; an empty secret counts as not given.
bool is_empty(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->empty();
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  return list != nullptr && list->empty();
}

class Loader {
 public:
  Loader(std::string name, std::string directory)
      : report_(std::move(name)), directory_(std::move(directory)) {}

  Loaded load(std::string_view toml, const Environment& environment) {
    if (read_toml(toml, report_, sources_)) {
      read_environment(environment, report_, sources_);
      add_providers();
      for (const auto& [name, entries] : winners()) store(entries);
      derive_defaults();
      check_contradictions(config_, report_);
    }
    return finish();
  }

  // A file that cannot be read: there is nothing to judge.
  Loaded unreadable(const std::string& path, const std::string& reason) {
    report_.fault_at(
        {.text = path}, "",
        {"cannot be read: " + reason, "name a readable file with --config or LATCHKEY_CONFIG"});
    return finish();
  }

 private:
  Loaded finish() {
    return {
        .config = std::move(config_), .faults = report_.faults(), .warnings = report_.warnings()};
  }

  void add_providers() {
    for (const std::string& id : sources_.providers) {
      Provider& provider = config_.providers[id];
      provider.id = id;
      if (id == "github") provider.type = ProviderType::github;
      if (id == "google") provider.type = ProviderType::google;
      if (id == "facebook") provider.type = ProviderType::facebook;
    }
  }

  // What counts for each key: the environment's entries where there are any, else the file's. Two
  // entries when a secret is given directly and as a file.
  [[nodiscard]] std::map<std::string, std::vector<const Entry*>> winners() const {
    std::map<std::string, std::vector<const Entry*>> out;
    for (const Entry& entry : sources_.entries) {
      if (entry.key->is_secret() && is_empty(entry.value)) continue;
      std::vector<const Entry*>& entries = out[entry.full_name()];
      if (entry.from_environment && !entries.empty() && !entries.front()->from_environment) {
        entries.clear();
      }
      entries.push_back(&entry);
    }
    return out;
  }

  // Defaults that other keys decide.
  void derive_defaults() {
    Session& session = config_.session;
    if (!report_.given("session.cookie_secure")) {
      session.cookie_secure = config_.server.public_url.starts_with("https://");
    }
    if (!report_.given("session.idle_timeout")) {
      session.idle_timeout = std::min(session.idle_timeout, session.absolute_timeout);
    }
  }

  void store(const std::vector<const Entry*>& entries) {
    const Entry& entry = *entries.front();
    report_.note(entry.full_name(), entry.place);
    if (entries.size() > 1) {
      const Entry& file = entries.front()->names_a_file ? *entries.front() : *entries.back();
      report_.fault_at(file.place, file.written_name(),
                       {"is given beside " + file.full_name(), "keep one of the two"});
      report_.distrust(entry.full_name());
      return;
    }

    const std::string directory = entry.from_environment ? std::string() : directory_;
    Target target{.config = &config_};
    if (entry.key->of_provider()) target.provider = &config_.providers.at(entry.provider);

    Verdict verdict;
    if (entry.names_a_file) {
      verdict = store_secret_file(entry, directory, target);
    } else {
      verdict = assign(*entry.key, entry.value, directory, target);
    }
    if (!verdict) return;
    report_.fault_at(entry.place, entry.written_name(), *std::move(verdict));
    report_.distrust(entry.full_name());
  }

  // Faults leave the path out: what stands there may be the secret itself, put under the wrong key.
  static Verdict store_secret_file(const Entry& entry, const std::string& directory,
                                   Target target) {
    const auto* path = std::get_if<std::string>(&entry.value);
    if (path == nullptr) return Complaint{describe_type(entry.value), "use a path in quotes"};

    auto content = read_file(resolve_path(directory, *path));
    if (!content) {
      return Complaint{"names a file that cannot be read: " + content.error(),
                       directory.empty() ? "relative paths count from the current directory"
                                         : "relative paths count from " + in_quotes(directory)};
    }
    const Value value = secret_value(*entry.key, *std::move(content));
    if (is_empty(value)) return Complaint{"names an empty file", "put the secret into it"};
    Verdict verdict = assign(*entry.key, value, directory, target);
    if (verdict) verdict->what = "names a file whose content " + verdict->what;
    return verdict;
  }

  Report report_;
  std::string directory_;
  Sources sources_;
  Config config_;
};

}  // namespace

Loaded load_text(std::string_view toml, const std::string& name, const std::string& directory,
                 const Environment& environment) {
  return Loader(name, directory).load(toml, environment);
}

Loaded load_file(const std::string& path, const Environment& environment) {
  if (path.empty()) return Loader("", "").load("", environment);
  const std::string directory = std::filesystem::path(path).parent_path().string();
  const auto content = read_file(path);
  if (!content) return Loader(path, directory).unreadable(path, content.error());
  return load_text(*content, path, directory, environment);
}

}  // namespace latchkey::config
