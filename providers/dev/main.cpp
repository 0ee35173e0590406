// latchkey-dev-provider: the dev provider as a program of its own (docs/dev-provider.md).
#include <charconv>
#include <iostream>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>
#include <pthread.h>
#include <signal.h>

#include "providers/dev/dev_provider.h"

namespace {

using latchkey::providers::dev::DevProvider;
using latchkey::providers::dev::DevProviderOptions;

struct Address {
  std::string host;
  int port = 0;
};

// "127.0.0.1:9000" or "[::1]:9000"
Address parse_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  Address address{.host = text.substr(0, colon)};
  const char* const end = text.data() + text.size();
  const char* const digits = colon == std::string::npos ? end : text.data() + colon + 1;
  const auto [parsed, error] = std::from_chars(digits, end, address.port);
  if (error != std::errc() || parsed != end || address.port < 0 || address.port > 65535) {
    throw std::runtime_error(text + " is not host:port, e.g. 127.0.0.1:9000");
  }
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  return address;
}

// Blocked in every thread, so that main() can wait for them.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// `smtp`: no SMTP server when it has no host.
void serve(const Address& address, const Address& smtp, DevProviderOptions options) {
  const sigset_t signals = block_stop_signals();
  DevProvider provider(std::move(options));
  if (!smtp.host.empty()) {
    provider.start_smtp(smtp.host, smtp.port);
    std::cout << "taking mail on " << provider.smtp_url() << std::endl;
  }
  provider.start(address.host, address.port);
  std::cout << "listening on " << provider.base_url() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "A stand-in for GitHub, Google, Facebook and an OpenID provider, for development "
      "and end-to-end tests."};
  std::string listen = "127.0.0.1:9000";
  DevProviderOptions options;
  app.add_option("--listen", listen, "host:port; port 0 asks the system for one")
      ->capture_default_str();
  std::string smtp;
  app.add_option("--smtp", smtp, "host:port to take mail on, for the page /inbox");
  app.add_option("--client-secret", options.client_secret, "The secret of every client")
      ->capture_default_str();
  app.add_option("--public-url", options.public_url,
                 "The URL under which browsers and applications see this, without a trailing "
                 "slash, when it is not the address it listens on");
  app.add_option("--redirect-host", options.redirect_hosts,
                 "A host besides this machine that a redirect_uri may name; may be repeated");
  app.add_flag("--require-appsecret-proof", options.require_appsecret_proof,
               "Refuse Facebook Graph requests without appsecret_proof");
  app.add_flag("--allow-non-loopback", options.allow_non_loopback,
               "Listen on an address that others can reach. They can then be anybody");
  CLI11_PARSE(app, argc, argv);
  try {
    serve(parse_address(listen), smtp.empty() ? Address{} : parse_address(smtp),
          std::move(options));
  } catch (const std::exception& error) {
    std::cerr << "latchkey-dev-provider: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
