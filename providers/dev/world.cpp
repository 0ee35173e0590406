#include "providers/dev/world.h"

namespace latchkey::providers::dev {

void Approval::set(std::optional<std::string> person) {
  const std::lock_guard lock(mutex_);
  person_ = std::move(person);
}

std::optional<std::string> Approval::person() const {
  const std::lock_guard lock(mutex_);
  return person_;
}

void Pause::wait(std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, duration, [this] { return ended_; });
}

void Pause::end() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake_.notify_all();
}

World::World(WorldOptions the_options, const Clock& the_clock, Random& the_random)
    : options(std::move(the_options)),
      clock(the_clock),
      random(the_random),
      people(the_random),
      google_key(SignatureAlgorithm::rs256, the_random),
      oidc_key(SignatureAlgorithm::es256, the_random) {
  people.reset(built_in_people());
}

void World::reset() {
  people.reset(built_in_people());
  approval.set(std::nullopt);
  faults.clear();
  grants.codes.clear();
  grants.tokens.clear();
  counts.clear();
  inbox.clear();
}

std::string World::issuer_of(StandIn stand_in) const {
  switch (stand_in) {
    case StandIn::github:
      return base_url + "/github/login/oauth";
    case StandIn::google:
      return base_url + "/google";
    case StandIn::oidc:
      return base_url + "/oidc";
    case StandIn::facebook:
      return {};
  }
  return {};
}

std::string World::avatar_of(const Person& person) const {
  return base_url + "/avatars/" + percent_encode(person.id) + ".svg";
}

}  // namespace latchkey::providers::dev
