#include <fmt/core.h>

#include "base/random.h"
#include "base/try.h"
#include "broker/commands/commands.h"
#include "broker/mail/templates.h"
#include "config/load.h"

namespace latchkey::broker::commands {

namespace {

Attempt<config::Config> usable(config::Loaded loaded) {
  for (const config::Fault& fault : loaded.faults) print_error(fault.text());
  std::size_t faults = loaded.faults.size();
  if (faults == 0) {
    for (const std::string& fault : MailTemplates::load(loaded.config.mail).faults) {
      print_error(fault);
      ++faults;
    }
  }
  if (faults == 0) return std::move(loaded.config);
  return complain(kMisused, faults == 1
                                ? "1 fault in the configuration; mend it and try again."
                                : fmt::format("{} faults in the configuration; mend them and try "
                                              "again.",
                                              faults));
}

}  // namespace

Attempt<config::Config> load(const std::string& file) {
  return usable(config::load_file(file, config::process_environment()));
}

Attempt<config::Config> load_with_warnings(const std::string& file) {
  config::Loaded loaded = config::load_file(file, config::process_environment());
  for (const config::Fault& warning : loaded.warnings) print_warning(warning.text());
  return usable(std::move(loaded));
}

Done check(const std::string& config_file) {
  LATCHKEY_TRY(load_with_warnings(config_file));
  fmt::print("the configuration is good\n");
  return {};
}

Done generate_key() {
  constexpr std::size_t kKeyBytes = 48;
  SystemRandom random;
  fmt::print("{}\n", random_token(random, kKeyBytes));
  return {};
}

}  // namespace latchkey::broker::commands
