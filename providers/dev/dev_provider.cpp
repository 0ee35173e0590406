#include "providers/dev/dev_provider.h"

#include <stdexcept>

#include "base/url.h"
#include "providers/dev/http_server.h"
#include "providers/dev/routes.h"
#include "providers/dev/smtp_server.h"
#include "providers/dev/world.h"

namespace latchkey::providers::dev {

struct DevProvider::Impl {
  Impl(WorldOptions options, const Clock& clock, Random& random)
      : world(std::move(options), clock, random),
        server([this](const Request& request) { return route(world, request); }),
        smtp(world.inbox, clock) {}

  World world;
  HttpServer server;
  SmtpServer smtp;
};

namespace {

// As it stands in a URL. Throws when it is no host, or one that others can reach: anybody who
// reaches the dev provider can be anybody to an application that believes it.
std::string checked_host(const std::string& host, bool allow_non_loopback) {
  std::string literal = host.find(':') == std::string::npos ? host : '[' + host + ']';
  const auto url = Url::parse("http://" + literal + '/');
  if (!url) throw std::runtime_error("not a host name or address: " + host);
  if (!url->is_loopback() && !allow_non_loopback) {
    throw std::runtime_error(host + " is not a loopback address");
  }
  return literal;
}

}  // namespace

DevProvider::DevProvider(DevProviderOptions options) : options_(std::move(options)) {
  WorldOptions world_options{.client_secret = options_.client_secret,
                             .redirect_hosts = options_.redirect_hosts,
                             .require_appsecret_proof = options_.require_appsecret_proof};
  const Clock& clock = options_.clock != nullptr ? *options_.clock : system_clock_;
  impl_ = std::make_unique<Impl>(std::move(world_options), clock, random_);
}

DevProvider::~DevProvider() { stop(); }

void DevProvider::start(const std::string& host, int port) {
  const std::string literal = checked_host(host, options_.allow_non_loopback);
  port_ = impl_->server.bind(host, port);
  impl_->world.base_url = options_.public_url.empty()
                              ? "http://" + literal + ':' + std::to_string(port_)
                              : options_.public_url;
  impl_->server.start();
}

void DevProvider::start_smtp(const std::string& host, int port) {
  const std::string literal = checked_host(host, options_.allow_non_loopback);
  impl_->world.smtp_url = "smtp://" + literal + ':' + std::to_string(impl_->smtp.start(host, port));
}

void DevProvider::stop() {
  impl_->smtp.stop();
  impl_->world.pause.end();
  impl_->server.stop();
}

const std::string& DevProvider::base_url() const { return impl_->world.base_url; }

const std::string& DevProvider::smtp_url() const { return impl_->world.smtp_url; }

std::vector<ReceivedMail> DevProvider::mails() const { return impl_->world.inbox.newest_first(); }

void DevProvider::reset() { impl_->world.reset(); }

void DevProvider::approve(std::optional<std::string> person) {
  impl_->world.approval.set(std::move(person));
}

void DevProvider::script_fault(StandIn stand_in, const std::string& fault, int times,
                               std::chrono::milliseconds delay) {
  const auto order = parse_fault(stand_in, fault, std::to_string(delay.count()));
  if (!order) throw std::invalid_argument(order.error().detail);
  impl_->world.faults.add(stand_in, *order, times);
}

void DevProvider::put_person(Person person) { impl_->world.people.put(std::move(person)); }

std::uint64_t DevProvider::requests(StandIn stand_in, Endpoint endpoint) const {
  return impl_->world.counts.get(stand_in, endpoint);
}

}  // namespace latchkey::providers::dev
