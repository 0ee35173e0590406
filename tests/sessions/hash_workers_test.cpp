#include "sessions/hash_workers.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/gate.h"

namespace latchkey::sessions {
namespace {

TEST(HashWorkers, RunsTheWorkOnAnotherThreadAndWaitsForIt) {
  HashWorkers workers({.threads = 1, .queue = 0});
  std::thread::id worker;
  EXPECT_TRUE(workers.run([&] { worker = std::this_thread::get_id(); }));
  EXPECT_NE(worker, std::thread::id());
  EXPECT_NE(worker, std::this_thread::get_id());
}

TEST(HashWorkers, OnlyTheWorkersAreNiced) {
  HashWorkers workers({.threads = 1, .queue = 0});
  const int before = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
  int niceness = 0;
  EXPECT_TRUE(
      workers.run([&] { niceness = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); }));
  EXPECT_EQ(niceness, std::min(before + 10, 19));
  EXPECT_EQ(getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())), before);
}

TEST(HashWorkers, WhatTheWorkThrowsReachesTheCallerAndTheWorkerLivesOn) {
  HashWorkers workers({.threads = 1, .queue = 0});
  EXPECT_THROW((void)workers.run([] { throw std::runtime_error("a bug"); }), std::runtime_error);
  EXPECT_TRUE(workers.run([] {}));
}

TEST(HashWorkers, FullQueueRefusesAndRunsNothing) {
  test::Gate gate;
  HashWorkers workers({.threads = 2, .queue = 3});
  std::vector<std::future<bool>> admitted;
  admitted.reserve(5);
  for (int i = 0; i < 5; ++i) {
    admitted.push_back(
        std::async(std::launch::async, [&] { return workers.run([&] { gate.pass(); }); }));
  }
  gate.wait_for_arrivals(2);
  while (workers.admitted() < 5) std::this_thread::yield();

  bool ran = false;
  EXPECT_FALSE(workers.run([&] { ran = true; }));
  EXPECT_FALSE(ran);

  gate.open();
  for (auto& one : admitted) EXPECT_TRUE(one.get());
  EXPECT_TRUE(workers.run([&] { ran = true; }));
  EXPECT_TRUE(ran);
}

TEST(HashWorkers, StoppingFinishesWhatRunsAndRefusesWhatIsQueued) {
  test::Gate gate;
  auto workers = std::make_unique<HashWorkers>(HashWorkers::Options{.threads = 1, .queue = 1});
  std::atomic<bool> queued_ran = false;
  auto running = std::async(std::launch::async, [&] { return workers->run([&] { gate.pass(); }); });
  gate.wait_for_arrivals(1);
  auto queued =
      std::async(std::launch::async, [&] { return workers->run([&] { queued_ran = true; }); });
  while (workers->admitted() < 2) std::this_thread::yield();

  auto stopping = std::async(std::launch::async, [&] { workers.reset(); });
  EXPECT_FALSE(queued.get());
  gate.open();
  EXPECT_TRUE(running.get());
  stopping.get();
  EXPECT_FALSE(queued_ran);
}

}  // namespace
}  // namespace latchkey::sessions
