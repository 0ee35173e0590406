// A bounded pool of connections that survives the database: a connection the server has closed is
// noticed before it is lent and replaced, so the first request after a restart succeeds.
#pragma once

#include <chrono>
#include <memory>

#include "base/secret.h"
#include "sql/connection.h"

namespace latchkey::sql {

class Pool {
 public:
  struct Options {
    Secret url;
    int size = 8;
    std::chrono::milliseconds connect_timeout{2000};
    std::chrono::milliseconds statement_timeout{5000};
    std::chrono::milliseconds acquire_timeout{2000};  // waiting for a free connection
  };

  // A connection on loan, given back when it goes (rolled back first if a transaction is open).
  class Lease {
   public:
    Lease(Lease&&) noexcept;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    friend class Pool;
    Lease(Pool& pool, std::unique_ptr<Connection> connection);
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  explicit Pool(Options options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Opens no connection until asked. Thread-safe. Fails with kind `connection` when the database
  // cannot be reached or every connection stays lent past acquire_timeout.
  Outcome<Lease> acquire();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace latchkey::sql
