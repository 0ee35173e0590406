// Where the connection loop hands framed requests to. The loop knows sockets and framing only; what
// a request means and who answers it is decided behind these two interfaces.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "broker/http/framing.h"
#include "broker/http/mailbox.h"

namespace latchkey::broker::http {

// A whole request. Everything it points to lives only as long as the call it is passed to.
struct IncomingRequest {
  const RequestHead& head;
  std::string_view bytes;  // head and body, as they came
  std::string_view body;
  std::string_view peer;  // textual address of the other end; empty for a Unix socket
  bool keep_alive;        // false: the connection ends after the answer, which must say
                          // "Connection: close"
  Ticket ticket;          // for who answers later
};

// Answers requests on the loop's own thread, ahead of the workers: for what can be answered from
// memory in microseconds. It must not block and must not throw.
class LoopHandler {
 public:
  enum class Taken {
    declined,  // not its business: the workers get the request; nothing was appended
    answered,  // the whole answer was appended to `out`
    later,     // it kept the ticket and answers through it, from any thread
  };

  virtual ~LoopHandler() = default;
  // `out` is a buffer of the loop with room to spare: appending a usual answer allocates nothing.
  // It may already hold answers to earlier requests of the connection. To HEAD the answer has no
  // body.
  virtual Taken take(const IncomingRequest& request, std::string& out) = 0;
  // The loop has dealt with all that had come, and is about to wait.
  virtual void turn_ended() {}
};

// Everything the loop needs of the service.
class RequestSink {
 public:
  enum class Fate {
    answered,  // the whole answer was appended to `out`
    refused,   // so was it, and it says "Connection: close"
    later,     // an answer comes through the ticket
  };

  virtual ~RequestSink() = default;
  virtual Fate take(const IncomingRequest& request, std::string& out) = 0;
  // Appends the answer to bytes that are no request, to one that was not finished in time, and to
  // one for which there is no room. It says "Connection: close".
  virtual void refuse(ErrorCode fault, std::string_view peer, std::string& out) = 0;
  // The loop has dealt with all that had come, and is about to wait.
  virtual void turn_ended() {}
};

}  // namespace latchkey::broker::http
