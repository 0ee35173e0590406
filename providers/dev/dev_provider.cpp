#include "providers/dev/dev_provider.h"

#include <stdexcept>

#include "base/url.h"
#include "providers/dev/http_server.h"
#include "providers/dev/routes.h"
#include "providers/dev/world.h"

namespace latchkey::providers::dev {

struct DevProvider::Impl {
  Impl(WorldOptions options, const Clock& clock, Random& random)
      : world(std::move(options), clock, random),
        server([this](const Request& request) { return route(world, request); }) {}

  World world;
  HttpServer server;
};

DevProvider::DevProvider(DevProviderOptions options) : options_(std::move(options)) {
  WorldOptions world_options{.client_secret = options_.client_secret,
                             .redirect_hosts = options_.redirect_hosts,
                             .require_appsecret_proof = options_.require_appsecret_proof};
  const Clock& clock = options_.clock != nullptr ? *options_.clock : system_clock_;
  impl_ = std::make_unique<Impl>(std::move(world_options), clock, random_);
}

DevProvider::~DevProvider() { stop(); }

void DevProvider::start(const std::string& host, int port) {
  const std::string literal = host.find(':') == std::string::npos ? host : '[' + host + ']';
  const auto url = Url::parse("http://" + literal + '/');
  if (!url) throw std::runtime_error("not a host name or address: " + host);
  // Anybody who reaches it can be anybody to an application that believes it.
  if (!url->is_loopback() && !options_.allow_non_loopback) {
    throw std::runtime_error(host + " is not a loopback address");
  }
  port_ = impl_->server.bind(host, port);
  impl_->world.base_url = options_.public_url.empty()
                              ? "http://" + literal + ':' + std::to_string(port_)
                              : options_.public_url;
  impl_->server.start();
}

void DevProvider::stop() {
  impl_->world.pause.end();
  impl_->server.stop();
}

const std::string& DevProvider::base_url() const { return impl_->world.base_url; }

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
