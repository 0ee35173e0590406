#include "broker/http/worker_pool.h"

#include <atomic>
#include <future>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/gate.h"

namespace latchkey::broker::http {
namespace {

using test::Gate;

TEST(WorkerPool, RunsEveryJob) {
  std::atomic<int> ran{0};
  std::promise<void> done;
  WorkerPool pool({.threads = 3});
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(pool.submit([&] {
      if (++ran == 1000) done.set_value();
    }));
  }
  done.get_future().wait();
}

TEST(WorkerPool, AsManyJobsRunAtOnceAsThereAreThreads) {
  Gate gate;
  WorkerPool pool({.threads = 8});
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(pool.submit([&] { gate.pass(); }));
  gate.wait_for_arrivals(8);
  gate.open();
}

TEST(WorkerPool, FullQueueRefusesAtOnce) {
  Gate gate;
  std::atomic<int> ran{0};
  {
    WorkerPool pool({.threads = 2, .queue = 3});
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(pool.submit([&] { gate.pass(); }));
    gate.wait_for_arrivals(2);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(pool.submit([&] { ++ran; }));
    EXPECT_FALSE(pool.submit([&] { ++ran; }));
    gate.open();
    while (ran < 3) std::this_thread::yield();
    EXPECT_TRUE(pool.submit([&] { ++ran; }));
  }
  EXPECT_LE(ran, 4);
}

TEST(WorkerPool, EndWaitsForRunningJobsAndForgetsTheRest) {
  Gate gate;
  std::atomic<bool> finished{false};
  std::atomic<bool> forgotten_ran{false};
  std::thread opener;
  {
    WorkerPool pool({.threads = 1});
    ASSERT_TRUE(pool.submit([&] {
      gate.pass();
      finished = true;
    }));
    gate.wait_for_arrivals(1);
    // Destroyed with the queue, which happens while the first job still runs.
    const auto opens_when_dropped = std::shared_ptr<void>(nullptr, [&](void*) { gate.open(); });
    ASSERT_TRUE(pool.submit([&, opens_when_dropped] { forgotten_ran = true; }));
  }
  EXPECT_TRUE(finished);
  EXPECT_FALSE(forgotten_ran);
}

TEST(WorkerPool, IdleThreadsEndAndNewOnesComeWhenNeeded) {
  using namespace std::chrono_literals;
  WorkerPool pool({.threads = 4, .idle_time = 1ms, .kept = 0});
  for (int round = 0; round < 50; ++round) {
    Gate gate;
    std::atomic<int> left{4};
    std::promise<void> done;
    for (int i = 0; i < 4; ++i) {
      ASSERT_TRUE(pool.submit([&] {
        gate.pass();
        if (--left == 0) done.set_value();
      }));
    }
    gate.wait_for_arrivals(4);
    gate.open();
    done.get_future().wait();
    std::this_thread::sleep_for(round % 3 * 1ms);  // sometimes they end in between
  }
}

}  // namespace
}  // namespace latchkey::broker::http
