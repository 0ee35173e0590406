#include "tests/support/test_database.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include <unistd.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "sql/migrations.h"
#include "tests/support/must.h"

namespace latchkey::test {
namespace {

constexpr sql::Connection::Timeouts kTimeouts = {
    .connect = std::chrono::seconds(20),
    .statement = std::chrono::seconds(60),
};

// Any number that nobody else locks.
constexpr sql::Statement kLock = {
    .name = "test_database.lock",
    .text = "SELECT pg_advisory_lock(5432100002)",
};
constexpr sql::Statement kExists = {
    .name = "test_database.exists",
    .text = "SELECT 1 FROM pg_database WHERE datname = $1::text",
};

std::string cluster_url_of_environment() {
  const char* url = std::getenv("LATCHKEY_TEST_DATABASE_URL");  // NOLINT(concurrency-mt-unsafe)
  if (url == nullptr || *url == '\0') {
    throw std::runtime_error(
        "LATCHKEY_TEST_DATABASE_URL is not set. Run the tests with scripts/test, which starts a "
        "PostgreSQL for them, or start one with scripts/postgres start --fast DIR and set the "
        "variable to the URL it prints.");
  }
  return url;
}

// Named after what is in it, so that clusters may outlive a change of the migrations.
std::string template_name() {
  std::string all;
  for (const auto& migration : sql::migrations()) all += migration.name + "\n" + migration.text;
  return "latchkey_template_" + hex_encode(sha256(all)).substr(0, 16);
}

std::string make_template(sql::Connection& cluster, const std::string& cluster_url) {
  std::string name = template_name();
  const auto exists = [&] {
    return !must(cluster.execute(kExists, sql::Parameters().text(name))).empty();
  };
  if (exists()) return name;
  must(cluster.execute(kLock));  // until the connection closes
  if (exists()) return name;
  // Under its final name only when it is whole.
  const std::string unfinished = name + "_unfinished";
  must(cluster.execute_script("DROP DATABASE IF EXISTS " + unfinished));
  must(cluster.execute_script("CREATE DATABASE " + unfinished));
  {
    const auto connection = connect_to(with_database(cluster_url, unfinished));
    must(sql::migrate(*connection));
  }
  must(cluster.execute_script("ALTER DATABASE " + unfinished + " RENAME TO " + name));
  return name;
}

std::string unique_name() {
  static std::atomic<int> counter = 0;
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  return "latchkey_test_" + std::to_string(getpid()) + "_" + std::to_string(now) + "_" +
         std::to_string(++counter);
}

}  // namespace

TestDatabase::TestDatabase(Schema schema) : TestDatabase(cluster_url_of_environment(), schema) {}

TestDatabase::TestDatabase(const std::string& cluster_url, Schema schema)
    : cluster_url_(cluster_url), name_(unique_name()), url_(with_database(cluster_url, name_)) {
  const auto cluster = connect_to(cluster_url_);
  const std::string source =
      schema == Schema::migrated ? make_template(*cluster, cluster_url_) : "template1";
  must(cluster->execute_script("CREATE DATABASE " + name_ + " TEMPLATE " + source));
}

TestDatabase::~TestDatabase() {
  // A cluster that is gone has taken the database with it.
  const auto cluster = sql::Connection::open(Secret(cluster_url_), kTimeouts);
  if (cluster) (void)(*cluster)->execute_script("DROP DATABASE " + name_ + " WITH (FORCE)");
}

std::unique_ptr<sql::Connection> TestDatabase::connect() const { return connect_to(url_); }

std::string with_database(const std::string& url, const std::string& name) {
  const std::size_t authority = url.find("://");
  if (authority == std::string::npos) throw std::runtime_error("not a libpq URI: " + url);
  const std::size_t path = std::min(url.find_first_of("/?", authority + 3), url.size());
  const std::size_t query = std::min(url.find('?', path), url.size());
  return url.substr(0, path) + "/" + name + url.substr(query);
}

std::unique_ptr<sql::Connection> connect_to(const std::string& url) {
  return must(sql::Connection::open(Secret(url), kTimeouts));
}

}  // namespace latchkey::test
