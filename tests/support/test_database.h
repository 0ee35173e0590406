// A database of a test's own, freshly made and migrated, on the cluster that scripts/test starts.
// It is a copy of a template that is migrated once per cluster, so making one takes milliseconds.
#pragma once

#include <memory>
#include <string>

#include "base/secret.h"
#include "sql/connection.h"
#include "sql/pool.h"

namespace latchkey::test {

class TestDatabase {
 public:
  enum class Schema { migrated, empty };

  // Throws std::runtime_error, which fails the test, when LATCHKEY_TEST_DATABASE_URL is not set or
  // its cluster cannot be used.
  explicit TestDatabase(Schema schema = Schema::migrated);
  // On another cluster, e.g. a PrivateCluster's.
  TestDatabase(const std::string& cluster_url, Schema schema);
  ~TestDatabase();  // drops it, whoever is still connected
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  // A libpq URI, as `database.url` takes it.
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] Secret secret_url() const { return Secret(url_); }

  // A new connection. Throws std::runtime_error when it cannot be had.
  [[nodiscard]] std::unique_ptr<sql::Connection> connect() const;
  [[nodiscard]] sql::Pool::Options pool_options() const { return {.url = secret_url()}; }

 private:
  std::string cluster_url_;
  std::string name_;
  std::string url_;
};

// `url` with another database name.
std::string with_database(const std::string& url, const std::string& name);

// A connection to `url` with time-outs that suit a busy machine. Throws std::runtime_error.
std::unique_ptr<sql::Connection> connect_to(const std::string& url);

}  // namespace latchkey::test
