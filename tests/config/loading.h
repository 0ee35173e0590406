// Loads configurations from text, the way the tests of this folder write them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "config/load.h"

namespace latchkey::config::testing {

inline const std::string kSecretKey = "0123456789abcdef0123456789abcdef";

// With a secret key, so that what is left to fault is what the test is about.
inline Loaded load(std::string_view toml, Environment environment = {}) {
  environment.try_emplace("LATCHKEY_SERVER_SECRET_KEY", kSecretKey);
  return load_text(toml, "latchkey.toml", "", environment);
}

// A line for each fault.
inline std::string lines(const std::vector<Fault>& faults) {
  std::string out;
  for (const Fault& fault : faults) out += fault.text() + '\n';
  return out;
}

inline const Fault* find(const std::vector<Fault>& faults, std::string_view key) {
  const auto found = std::find_if(faults.begin(), faults.end(),
                                  [&](const Fault& fault) { return fault.key == key; });
  return found == faults.end() ? nullptr : &*found;
}

// The only fault there is, as the line an operator reads; all of them when there are more.
inline std::string only_fault(const Loaded& loaded) {
  if (loaded.faults.size() == 1) return loaded.faults.front().text();
  return std::to_string(loaded.faults.size()) + " faults:\n" + lines(loaded.faults);
}

// A folder of its own for the test, gone when it ends.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::path(::testing::TempDir()) /
              (std::string("latchkey_config_") +
               ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // Makes a file in it and answers its path.
  std::string write(const std::string& name, std::string_view content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return (path_ / name).string();
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace latchkey::config::testing
