#include "providers/curl_handles.h"

#include <stdexcept>
#include <utility>

namespace latchkey::providers {

CurlShare::CurlShare() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started == CURLE_OK) share_ = curl_share_init();
  if (share_ == nullptr) throw std::runtime_error("libcurl cannot start");
  curl_share_setopt(share_, CURLSHOPT_LOCKFUNC, &CurlShare::lock);
  curl_share_setopt(share_, CURLSHOPT_UNLOCKFUNC, &CurlShare::unlock);
  curl_share_setopt(share_, CURLSHOPT_USERDATA, this);
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

CurlShare::~CurlShare() { curl_share_cleanup(share_); }

void CurlShare::lock(CURL* /*handle*/, curl_lock_data data, curl_lock_access /*access*/,
                     void* self) {
  static_cast<CurlShare*>(self)->mutexes_.at(data).lock();
}

void CurlShare::unlock(CURL* /*handle*/, curl_lock_data data, void* self) {
  static_cast<CurlShare*>(self)->mutexes_.at(data).unlock();
}

CurlHandle HandlePool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!at_rest_.empty()) {
      CurlHandle handle = std::move(at_rest_.back());
      at_rest_.pop_back();
      return handle;
    }
  }
  CurlHandle handle(curl_easy_init());
  if (handle) curl_easy_setopt(handle.get(), CURLOPT_SHARE, share_.get());
  return handle;
}

void HandlePool::give_back(CurlHandle handle) {
  // Keeps connections, TLS sessions and the share, and forgets every option: nothing of one
  // request can leak into the next.
  curl_easy_reset(handle.get());
  const std::lock_guard lock(mutex_);
  if (at_rest_.size() < kMaxAtRest) at_rest_.push_back(std::move(handle));
}

}  // namespace latchkey::providers
