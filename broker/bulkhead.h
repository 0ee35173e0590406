// Keeps one slow provider from taking every worker: at most so many requests may be busy with one
// provider at a time, and the next is told at once to come back (DESIGN section 12). Other
// providers, password logins and session checks never wait for it.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace latchkey::broker {

class Bulkhead {
 public:
  explicit Bulkhead(int places_per_provider = 64) : places_(places_per_provider) {}

  // One request's place, given back when it goes.
  class Place {
   public:
    Place(Place&& other) noexcept;
    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    friend class Bulkhead;
    Place(Bulkhead& bulkhead, std::string provider)
        : bulkhead_(&bulkhead), provider_(std::move(provider)) {}
    Bulkhead* bulkhead_;  // null once moved from
    std::string provider_;
  };

  // nullopt when all places of that provider are taken. Thread-safe.
  std::optional<Place> enter(const std::string& provider);

 private:
  const int places_;
  std::mutex mutex_;
  std::map<std::string, int> taken_;
};

}  // namespace latchkey::broker
