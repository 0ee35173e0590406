// Collects faults and warnings while a configuration is read and checked, with the place each key
// was set at. A key that has a fault is not judged again: one mistake, one line.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/load.h"
#include "config/value.h"

namespace latchkey::config {

// Where a key was set.
struct Place {
  std::string text;   // "latchkey.toml:12", "environment LATCHKEY_SERVER_LISTEN"
  unsigned line = 0;  // 0: not in the file
};

class Report {
 public:
  // `name` is the file's; empty when there is only the environment.
  explicit Report(std::string name);

  // The place of a line of the file, or of a variable.
  [[nodiscard]] Place line(unsigned number) const;
  [[nodiscard]] static Place variable(const std::string& name);

  // Remembers where a key or section was set; the last place counts.
  void note(const std::string& key, Place place);
  // Whether the key was set at all.
  [[nodiscard]] bool given(const std::string& key) const;
  // Whether the key has no fault so far.
  [[nodiscard]] bool sound(const std::string& key) const;

  // Keeps quiet about a key that a fault elsewhere is probably about, e.g. one whose name was
  // mistyped: it would only be reported as missing.
  void distrust(const std::string& key);

  // At the place of the key, else of its section, else of the file. Nothing when the key has a
  // fault already.
  void fault(const std::string& key, Complaint complaint);
  void fault_at(Place place, const std::string& key, Complaint complaint);
  void warn(const std::string& key, Complaint complaint);

  // In the order of the file's lines, then of the environment.
  [[nodiscard]] std::vector<Fault> faults() const;
  [[nodiscard]] std::vector<Fault> warnings() const;

 private:
  struct Located {
    unsigned line;
    Fault fault;
  };
  [[nodiscard]] Place place_of(const std::string& key) const;
  static std::vector<Fault> sorted(std::vector<Located> located);

  std::string name_;
  std::map<std::string, Place> places_;
  std::set<std::string> unsound_;
  std::vector<Located> faults_;
  std::vector<Located> warnings_;
};

}  // namespace latchkey::config
