// The access log: one line a request, whoever answered it. Neither query nor headers get into it,
// because codes and tokens travel there.
#pragma once

#include <chrono>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"

namespace latchkey::broker::http {

struct AccessRecord {
  std::string_view method;  // empty, as the path, when the request could not be read
  std::string_view path;
  int status;
  MonotonicPoint began;
  MonotonicPoint ended;
  std::string_view client_ip;
  std::string_view request_id;
};

// `write(level, event, fields)` is log::write, or a buffer's add().
template <class Write>
void write_access(const AccessRecord& record, Write&& write) {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  // To the microsecond; more digits tell nothing.
  const auto took = std::chrono::round<std::chrono::microseconds>(record.ended - record.began);
  write(log::Level::info, "http.request",
        log::Fields{{"method", record.method},
                    {"path", record.path},
                    {"status", record.status},
                    {"ms", Milliseconds(took).count()},
                    {"ip", record.client_ip},
                    {"request_id", record.request_id}});
}

}  // namespace latchkey::broker::http
