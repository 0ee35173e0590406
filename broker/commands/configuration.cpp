#include <cstdio>

#include <fmt/core.h>

#include "base/encoding.h"
#include "base/random.h"
#include "broker/commands/commands.h"
#include "broker/mail/templates.h"

namespace latchkey::broker::commands {

std::optional<config::Config> load_or_complain(const std::string& file) {
  config::Loaded loaded = config::load_file(file, config::process_environment());
  for (const config::Fault& warning : loaded.warnings) {
    fmt::print(stderr, "warning: {}\n", warning.text());
  }
  for (const config::Fault& fault : loaded.faults) {
    fmt::print(stderr, "error: {}\n", fault.text());
  }
  std::size_t faults = loaded.faults.size();
  if (faults == 0) {
    for (const std::string& fault : MailTemplates::load(loaded.config.mail).faults) {
      fmt::print(stderr, "error: {}\n", fault);
      ++faults;
    }
  }
  if (faults > 0) {
    fmt::print(stderr, "{} fault{} in the configuration\n", faults, faults == 1 ? "" : "s");
    return std::nullopt;
  }
  return std::move(loaded.config);
}

int check(const std::string& config_file) {
  if (!load_or_complain(config_file)) return kMisconfigured;
  fmt::print("the configuration is good\n");
  return kDone;
}

int generate_key() {
  SystemRandom random;
  fmt::print("{}\n", random_token(random, 48));
  return kDone;
}

}  // namespace latchkey::broker::commands
