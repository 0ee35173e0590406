// Runs one framed request through cpp-httplib's request and response machinery in memory, and the
// dispatcher behind it, on a worker's thread. The library is fed a constant: what it knows of the
// request is what framing found, so none of its own readings of a request (SECURITY rule 21:
// percent-decoded header values, form parameters merged into the query, multipart bodies, ranges,
// regular expressions over the path) come into play.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "broker/http/dispatcher.h"

namespace latchkey::broker::http {

class LibraryBridge {
 public:
  // Both outlive the bridge.
  LibraryBridge(const Dispatcher& dispatcher, const Clock& clock);
  ~LibraryBridge();
  LibraryBridge(const LibraryBridge&) = delete;
  LibraryBridge& operator=(const LibraryBridge&) = delete;

  struct Call {
    std::string_view bytes;  // one whole request that framing accepted
    std::string_view peer;   // textual address; empty for a Unix socket
    bool keep_alive;
  };
  // The whole answer. Blocks as long as the handler does; never throws. Thread-safe.
  [[nodiscard]] std::string answer(const Call& call) const;

 private:
  class Library;
  std::unique_ptr<Library> library_;
};

}  // namespace latchkey::broker::http
