// What CurlClient reuses between requests. An easy handle keeps its own connections; the share
// gives all handles one DNS cache and one store of TLS sessions, but no connections: libcurl does
// not share those between threads safely.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include <curl/curl.h>

namespace latchkey::providers {

struct CurlCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using CurlHandle = std::unique_ptr<CURL, CurlCleanup>;

// Outlives every handle made with it.
class CurlShare {
 public:
  CurlShare();  // throws std::runtime_error when libcurl cannot start
  ~CurlShare();
  CurlShare(const CurlShare&) = delete;
  CurlShare& operator=(const CurlShare&) = delete;

  [[nodiscard]] CURLSH* get() const { return share_; }

 private:
  static void lock(CURL* handle, curl_lock_data data, curl_lock_access access, void* self);
  static void unlock(CURL* handle, curl_lock_data data, void* self);

  std::array<std::mutex, CURL_LOCK_DATA_LAST> mutexes_;
  CURLSH* share_ = nullptr;
};

// Handles at rest. The one used last goes out first, so that its connections are warm.
class HandlePool {
 public:
  explicit HandlePool(const CurlShare& share) : share_(share) {}

  // A handle without any options, null when libcurl is out of memory.
  CurlHandle take();
  void give_back(CurlHandle handle);

 private:
  static constexpr std::size_t kMaxAtRest = 64;

  const CurlShare& share_;
  std::mutex mutex_;
  std::vector<CurlHandle> at_rest_;
};

}  // namespace latchkey::providers
