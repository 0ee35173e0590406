#include <toml++/toml.h>

#include "config/sources.h"
#include "config/suggestions.h"

namespace latchkey::config {
namespace {

Value list_value(const toml::array& array) {
  std::vector<std::string> out;
  for (const toml::node& element : array) {
    const auto text = element.value_exact<std::string>();
    if (!text) return Unusable{"a list with an element that is no string"};
    out.push_back(*text);
  }
  return out;
}

Value toml_value(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* array = node.as_array()) return list_value(*array);
  if (node.is_table()) return Unusable{"a table"};
  if (node.is_floating_point()) return Unusable{"a fraction"};
  return Unusable{"a date or time"};
}

// toml++ quotes what it stumbled over, which may be a secret that lost its quotes. Names of keys
// and single characters stay.
std::string without_values(std::string_view description) {
  constexpr std::size_t kLongestHarmless = 5;  // 'false'
  std::string out(description);
  if (out.find("redefine") != std::string::npos) return printable(out);
  std::size_t open = out.find('\'');
  while (open != std::string::npos) {
    const std::size_t close = out.find('\'', open + 1);
    if (close == std::string::npos) break;
    if (close - open - 1 > kLongestHarmless) {
      out.replace(open, close - open + 1, "the value");
      open = out.find('\'', open);
    } else {
      open = out.find('\'', close + 1);
    }
  }
  return printable(out);
}

class Reader {
 public:
  Reader(Report& report, Sources& sources) : report_(report), sources_(sources) {}

  void read(const toml::table& root) {
    for (const auto& [name, node] : root) {
      const Place place = report_.line(name.source().begin.line);
      if (!is_section(name.str())) {
        unknown_section(place, name.str(), node.is_table());
      } else if (const auto* table = node.as_table()) {
        report_.note(std::string(name.str()), place);
        name.str() == "providers" ? read_providers(*table) : read_section(*table, name.str(), {});
      } else {
        report_.fault_at(place, std::string(name.str()),
                         {describe_type(toml_value(node)),
                          "write it as a section: [" + std::string(name.str()) + "]"});
      }
    }
  }

 private:
  void read_providers(const toml::table& providers) {
    for (const auto& [id, node] : providers) {
      const Place place = report_.line(id.source().begin.line);
      const std::string name = "providers." + printable(id.str());
      if (const auto* table = node.as_table()) {
        report_.note(name, place);
        sources_.providers.emplace(id.str());
        read_section(*table, "providers", std::string(id.str()));
      } else {
        report_.fault_at(place, name,
                         {"stands outside of a provider",
                          "put it under [providers.<id>], such as [providers.github]"});
      }
    }
  }

  void read_section(const toml::table& table, std::string_view section,
                    const std::string& provider) {
    for (const auto& [name, node] : table) {
      const Place place = report_.line(name.source().begin.line);
      const Named named = find_named(section, name.str());
      if (named.key == nullptr) {
        unknown_key(place, section, provider, name.str());
        continue;
      }
      sources_.entries.push_back({.key = named.key,
                                  .provider = provider,
                                  .names_a_file = named.names_a_file,
                                  .value = toml_value(node),
                                  .place = place});
    }
  }

  void unknown_section(const Place& place, std::string_view name, bool is_table) {
    std::vector<std::string> sections;
    std::string homes;
    for (const Key& key : schema()) {
      if (sections.empty() || sections.back() != key.section) sections.emplace_back(key.section);
      if (!is_table && key.name == name && !key.of_provider()) {
        homes += (homes.empty() ? "[" : " or [") + std::string(key.section) + "]";
      }
    }
    const std::string near = nearest(name, sections);
    Complaint complaint{is_table ? "is an unknown section" : "stands outside of any section",
                        "see docs/configuration.md for all keys"};
    if (!homes.empty()) {
      complaint.fix = "put it under " + homes;
    } else if (!near.empty()) {
      complaint.fix = "did you mean [" + near + "]?";
    }
    report_.fault_at(place, printable(name), std::move(complaint));
  }

  void unknown_key(const Place& place, std::string_view section, const std::string& provider,
                   std::string_view name) {
    std::vector<std::string> known;
    std::string home;
    for (const Key& key : schema()) {
      if (key.section == section) {
        known.emplace_back(key.name);
        if (key.is_secret()) known.push_back(std::string(key.name) + "_file");
      } else if (key.name == name && !key.of_provider()) {
        home = key.section;
      }
    }
    const std::string near = nearest(name, known);
    Complaint complaint{"is an unknown key", "see docs/configuration.md for all keys"};
    std::string full(section);
    if (!provider.empty()) full += "." + printable(provider);
    if (!near.empty()) {
      complaint.fix = "did you mean \"" + near + "\"?";
      report_.distrust(full + "." + near);
    } else if (!home.empty()) {
      complaint.fix = "it belongs under [" + home + "]";
    }
    report_.fault_at(place, full + "." + printable(name), std::move(complaint));
  }

  Report& report_;
  Sources& sources_;
};

}  // namespace

Named find_named(std::string_view section, std::string_view name) {
  if (const Key* key = find_key(section, name)) return {.key = key};
  constexpr std::string_view kFile = "_file";
  if (!name.ends_with(kFile)) return {};
  const Key* key = find_key(section, name.substr(0, name.size() - kFile.size()));
  if (key == nullptr || !key->is_secret()) return {};
  return {.key = key, .names_a_file = true};
}

bool read_toml(std::string_view text, Report& report, Sources& sources) {
  try {
    const toml::table root = toml::parse(text);
    Reader(report, sources).read(root);
    return true;
  } catch (const toml::parse_error& error) {
    const auto position = error.source().begin;
    report.fault_at(report.line(position.line), "",
                    {"is not TOML at column " + std::to_string(position.column) + ": " +
                         without_values(error.description()),
                     "correct this line; strings need quotes"});
    return false;
  }
}

}  // namespace latchkey::config
