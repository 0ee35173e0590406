#include "config/report.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace latchkey::config {

std::string Fault::text() const {
  std::string out = place;
  if (!key.empty()) out += ": " + key;
  out += ": " + what;
  if (!fix.empty()) out += "; " + fix;
  return out;
}

Report::Report(std::string name) : name_(std::move(name)) {}

Place Report::line(unsigned number) const {
  return Place{.text = name_ + ":" + std::to_string(number), .line = number};
}

Place Report::variable(const std::string& name) { return Place{.text = "environment " + name}; }

void Report::note(const std::string& key, Place place) {
  places_.insert_or_assign(key, std::move(place));
}

bool Report::given(const std::string& key) const { return places_.contains(key); }

bool Report::sound(const std::string& key) const { return !unsound_.contains(key); }

void Report::distrust(const std::string& key) { unsound_.insert(key); }

void Report::fault(const std::string& key, Complaint complaint) {
  if (sound(key)) fault_at(place_of(key), key, std::move(complaint));
}

void Report::fault_at(Place place, const std::string& key, Complaint complaint) {
  unsound_.insert(key);
  faults_.push_back({.line = place.line,
                     .fault = {.place = std::move(place.text),
                               .key = key,
                               .what = std::move(complaint.what),
                               .fix = std::move(complaint.fix)}});
}

void Report::warn(const std::string& key, Complaint complaint) {
  Place place = place_of(key);
  warnings_.push_back({.line = place.line,
                       .fault = {.place = std::move(place.text),
                                 .key = key,
                                 .what = std::move(complaint.what),
                                 .fix = std::move(complaint.fix)}});
}

std::vector<Fault> Report::faults() const { return sorted(faults_); }

std::vector<Fault> Report::warnings() const { return sorted(warnings_); }

Place Report::place_of(const std::string& key) const {
  std::string name = key;
  while (true) {
    const auto found = places_.find(name);
    if (found != places_.end()) return found->second;
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos) break;
    name.resize(dot);
  }
  return Place{.text = name_.empty() ? "environment" : name_};
}

std::vector<Fault> Report::sorted(std::vector<Located> located) {
  // What has no line comes last.
  const auto rank = [](const Located& l) {
    return l.line == 0 ? std::numeric_limits<unsigned>::max() : l.line;
  };
  std::stable_sort(located.begin(), located.end(),
                   [&](const Located& a, const Located& b) { return rank(a) < rank(b); });
  std::vector<Fault> out;
  out.reserve(located.size());
  for (Located& l : located) out.push_back(std::move(l.fault));
  return out;
}

}  // namespace latchkey::config
