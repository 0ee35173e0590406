// latchkey-load: the load that wrk cannot make (bench/run uses it). Each command prints one line of
// JSON at its end. IPv4 addresses only, and meant for loopback.
#include <exception>
#include <fstream>
#include <stdexcept>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "bench/load/holders.h"
#include "bench/load/requests.h"
#include "bench/load/sign_ins.h"

namespace {

using namespace latchkey::bench;

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  if (lines.empty()) throw std::runtime_error("nothing in " + file);
  return lines;
}

void run_checks(const RequestLoad& load, const std::string& path, const std::string& tokens) {
  std::vector<std::string> requests;
  for (const std::string& token : lines_of(tokens)) {
    requests.push_back("GET " + path + " HTTP/1.1\r\nHost: " + load.target +
                       "\r\nCookie: sessionid=" + token + "\r\n\r\n");
  }
  EventLoop loop;
  std::size_t turn = 0;
  run_requests(loop, load,
               [&]() -> const std::string& { return requests[turn++ % requests.size()]; });
}

struct Logins {
  int accounts = 256;  // user1@bench.example and on
  std::string password;
};

void run_logins(const RequestLoad& load, const Logins& logins) {
  EventLoop loop;
  std::string request;
  int turn = 0;
  run_requests(loop, load, [&]() -> const std::string& {
    const std::string body = fmt::format(R"({{"email":"user{}@bench.example","password":"{}"}})",
                                         turn++ % logins.accounts + 1, logins.password);
    request = fmt::format(
        "POST /api/login/ HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        load.target, body.size(), body);
    return request;
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Load for Latchkey's benchmarks."};
  app.require_subcommand(1);

  RequestLoad requests;
  const auto add_request_options = [&requests](CLI::App& command) {
    command.add_option("--target", requests.target, "host:port")->required();
    command.add_option("--connections", requests.connections);
    command.add_option("--seconds", requests.seconds);
    command.add_option("--rate", requests.rate, "Requests a second; 0: as fast as answered");
  };
  std::string path = "/api/account/";
  std::string tokens;
  CLI::App* checks = app.add_subcommand("checks", "Session checks");
  add_request_options(*checks);
  checks->add_option("--path", path);
  checks->add_option("--tokens", tokens, "A file of session tokens")->required();
  checks->callback([&] { run_checks(requests, path, tokens); });

  Logins logins;
  CLI::App* login = app.add_subcommand("logins", "Password logins");
  add_request_options(*login);
  login->add_option("--accounts", logins.accounts);
  login->add_option("--password", logins.password)->required();
  login->callback([&] { run_logins(requests, logins); });

  SignInLoad sign_ins;
  CLI::App* sign_in = app.add_subcommand("sign-ins", "Complete sign-ins at the dev provider");
  sign_in->add_option("--target", sign_ins.target)->required();
  sign_in->add_option("--dev-provider", sign_ins.dev_provider)->required();
  sign_in->add_option("--provider", sign_ins.provider)->required();
  sign_in->add_option("--people", sign_ins.people)->required()->delimiter(',');
  sign_in->add_option("--fault", sign_ins.fault);
  sign_in->add_option("--delay-ms", sign_ins.delay_ms);
  sign_in->add_option("--browsers", sign_ins.browsers);
  sign_in->add_option("--seconds", sign_ins.seconds);
  sign_in->add_option("--warm-up", sign_ins.warm_up, "Of these seconds; not counted");
  sign_in->callback([&] {
    EventLoop loop;
    run_sign_ins(loop, sign_ins);
  });

  HoldLoad holding;
  CLI::App* hold = app.add_subcommand("hold", "Connections that are only held");
  hold->add_option("--target", holding.target)->required();
  hold->add_option("--connections", holding.connections);
  hold->add_option("--seconds", holding.seconds);
  hold->add_flag("--drip", holding.drip, "Each sends a byte a second");
  hold->callback([&] {
    EventLoop loop;
    run_holders(loop, holding);
  });

  try {
    CLI11_PARSE(app, argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
  return 0;
}
