#include "sql/conninfo.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace latchkey::sql {
namespace {

// The server's own deadline comes a little after ours, so that it does not go on with a statement
// whose client has given up.
constexpr std::chrono::milliseconds kServerGrace{500};

const char* find(const PQconninfoOption* options, const char* keyword) {
  for (const auto* option = options; option != nullptr && option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) == keyword) return option->val;
  }
  return nullptr;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  std::size_t start = 0;
  for (;;) {
    const std::size_t comma = text.find(',', start);
    parts.push_back(text.substr(start, comma - start));
    if (comma == std::string::npos) return parts;
    start = comma + 1;
  }
}

}  // namespace

std::optional<ConnectionInfo> ConnectionInfo::parse(const Secret& url,
                                                    std::chrono::milliseconds statement_timeout) {
  // Secret holds a std::string, so its view ends in NUL.
  char* message = nullptr;
  Options given(PQconninfoParse(url.reveal().data(), &message));
  PQfreemem(message);
  if (!given) return std::nullopt;

  ConnectionInfo info(std::move(given));
  const Options defaults(PQconndefaults());  // the PG… environment
  info.split_hosts(defaults.get());
  // Statements here take milliseconds: compiling one may take longer than running it, and
  // parallel workers would take from session checks what they give to one search of the
  // administration. The operator's own options come last and win, e.g. -c search_path=latchkey.
  info.options_ =
      "-c TimeZone=UTC -c jit=off -c max_parallel_workers_per_gather=0"
      " -c idle_in_transaction_session_timeout=30s -c statement_timeout=" +
      std::to_string((statement_timeout + kServerGrace).count()) + "ms " +
      info.setting(defaults.get(), "options");
  return info;
}

std::string ConnectionInfo::setting(const PQconninfoOption* defaults, const char* keyword) const {
  const char* value = find(given_.get(), keyword);
  if (value == nullptr) value = find(defaults, keyword);
  return value == nullptr ? "" : value;
}

void ConnectionInfo::split_hosts(const PQconninfoOption* defaults) {
  List host = split(setting(defaults, "host"));
  List hostaddr = split(setting(defaults, "hostaddr"));
  List port = split(setting(defaults, "port"));
  const std::size_t count = std::max(host.size(), hostaddr.size());
  if (count < 2) return;
  if (port.size() == 1) port.resize(count, port.front());  // one port for all
  const auto fits = [count](const List& list) { return list.empty() || list.size() == count; };
  if (!fits(host) || !fits(hostaddr) || !fits(port)) return;  // libpq says what is wrong
  hosts_ = count;
  host_ = std::move(host);
  hostaddr_ = std::move(hostaddr);
  port_ = std::move(port);
}

ConnectionInfo::Arguments ConnectionInfo::arguments(std::size_t host) const {
  std::vector<std::pair<const char*, const char*>> settings = {
      {"fallback_application_name", "latchkey"},
      {"client_encoding", "UTF8"},
      {"options", options_.c_str()},
  };
  if (!host_.empty()) settings.emplace_back("host", host_[host].c_str());
  if (!hostaddr_.empty()) settings.emplace_back("hostaddr", hostaddr_[host].c_str());
  if (hosts_ > 1 && !port_.empty()) settings.emplace_back("port", port_[host].c_str());

  const auto is_set = [&settings](std::string_view keyword) {
    return std::any_of(settings.begin(), settings.end(),
                       [keyword](const auto& setting) { return keyword == setting.first; });
  };
  for (const auto* option = given_.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr && !is_set(option->keyword)) {
      settings.emplace_back(option->keyword, option->val);
    }
  }

  Arguments arguments;
  for (const auto& [keyword, value] : settings) {
    arguments.keywords.push_back(keyword);
    arguments.values.push_back(value);
  }
  arguments.keywords.push_back(nullptr);
  arguments.values.push_back(nullptr);
  return arguments;
}

}  // namespace latchkey::sql
