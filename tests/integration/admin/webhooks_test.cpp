// Webhooks against a receiver on a real socket: what is sent, in which order, how often, by whom,
// and what happens when the receiver does not take it. Time is moved, not slept away.
#include "broker/webhooks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "broker/webhook_sender.h"
#include "providers/curl_client.h"
#include "tests/providers/stub_server.h"
#include "tests/support/fake_clock.h"
#include "tests/support/gate.h"
#include "tests/support/must.h"
#include "tests/support/parallel.h"
#include "tests/support/test_database.h"

namespace latchkey::broker {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using test::must;
using testing::ElementsAre;
using Step = WebhookSender::Step;

constexpr std::string_view kSecret = "a receiver's secret";

config::Admin receiver_at(const std::string& url) {
  config::Admin admin;
  admin.webhook_url = url;
  admin.webhook_secret = Secret(std::string(kSecret));
  return admin;
}

// Whether the receiver can trust a request, by the recipe of docs/operations.md.
bool signature_holds(const httplib::Request& request) {
  const std::string header = request.get_header_value("Latchkey-Signature");
  const auto comma = header.find(',');
  if (!header.starts_with("t=") || header.substr(comma, 4) != ",v1=") return false;
  const std::string t = header.substr(2, comma - 2);
  return header.substr(comma + 4) == hex_encode(hmac_sha256(kSecret, t + "." + request.body));
}

class WebhooksTest : public testing::Test {
 protected:
  WebhooksTest() { take_all(); }

  void answer_with(int status) { receiver_.on_json("/hook", "{}", status); }
  void take_all() { answer_with(200); }

  sql::UserId add_user(const std::string& email) {
    return must(sql::users::insert(*connection_, {.email = email, .created_at = clock_.now()})).id;
  }
  // Steps until nothing is due or the receiver refuses; answers how the last one ended.
  Step send_all() {
    Step last = Step::delivered;
    while (last == Step::delivered) last = sender_.step();
    return last;
  }
  // "user.created 1" for each request, in order.
  std::vector<std::string> received() {
    std::vector<std::string> events;
    for (const httplib::Request& request : receiver_.requests("/hook")) {
      EXPECT_TRUE(signature_holds(request)) << request.body;
      const auto body = JsonDocument::parse(request.body);
      if (!body) throw std::runtime_error("no JSON: " + request.body);
      events.push_back(std::string(*body->root()["type"].string()) + " " +
                       std::to_string(*body->root()["id"].integer()));
    }
    return events;
  }
  bool all_delivered() {
    const auto connection = database_.connect();
    return must(sql::webhook_deliveries::list(*connection, sql::DeliveryState::waiting, 0, 1))
        .empty();
  }
  std::vector<sql::WebhookDelivery> all(std::optional<sql::DeliveryState> state = {}) {
    return must(sql::webhook_deliveries::list(*connection_, state, 0, 100));
  }

  test::TestDatabase database_;
  std::unique_ptr<sql::Connection> connection_ = database_.connect();
  sql::Pool pool_{database_.pool_options()};
  test::FakeClock clock_;
  test::StubServer receiver_;
  config::Admin config_ = receiver_at(receiver_.url("/hook"));
  providers::CurlClient http_{""};
  Webhooks webhooks_{config_, clock_};
  WebhookSender sender_{{.pool = pool_, .http = http_, .config = config_, .clock = clock_}};
};

TEST_F(WebhooksTest, EventSaysWhatHappenedAndIsSigned) {
  const sql::UserId user = add_user("ada@example.com");
  must(webhooks_.identity_linked(*connection_, user, "github", "42"));
  EXPECT_EQ(send_all(), Step::idle);

  const auto requests = receiver_.requests("/hook");
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_TRUE(signature_holds(requests[0]));
  EXPECT_TRUE(requests[0].get_header_value("Latchkey-Signature").starts_with("t=1795248000,"));
  EXPECT_EQ(requests[0].get_header_value("Latchkey-Event"), "identity.linked");
  EXPECT_EQ(requests[0].get_header_value("Latchkey-Delivery"), std::to_string(all()[0].id));
  EXPECT_EQ(requests[0].get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(requests[0].body,
            R"({"id":)" + std::to_string(all()[0].id) +
                R"(,"type":"identity.linked","created_at":"2026-11-21T08:00:00Z",)"
                R"("data":{"subject": "42", "user_id": )" +
                std::to_string(user) + R"(, "provider": "github"}})");
}

TEST_F(WebhooksTest, ReceiverThatFailsFiveTimesGetsTheEventOnceAndInOrderAtTheSixth) {
  const sql::UserId user = add_user("ada@example.com");
  must(webhooks_.identity_linked(*connection_, user, "github", "1"));
  must(webhooks_.identity_unlinked(*connection_, user, "github", "1"));
  answer_with(500);
  for (int attempt = 1; attempt <= 5; ++attempt) {
    EXPECT_EQ(sender_.step(), Step::failed);
    EXPECT_EQ(sender_.step(), Step::idle) << "neither it nor what is behind it is due";
    clock_.advance(hours(1));
  }
  EXPECT_EQ(receiver_.hits("/hook"), 5);
  EXPECT_EQ(all()[1].last_error, "answered 500");

  take_all();
  EXPECT_EQ(send_all(), Step::idle);
  const auto events = received();
  ASSERT_EQ(events.size(), 7U);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(events[i], "identity.linked 1");
  EXPECT_EQ(events[6], "identity.unlinked 2");
  clock_.advance(hours(48));
  EXPECT_EQ(send_all(), Step::idle) << "and never again";
  EXPECT_THAT(all(), testing::Each(testing::Property(&sql::WebhookDelivery::state,
                                                     sql::DeliveryState::delivered)));
}

TEST_F(WebhooksTest, OneUsersTroubleHoldsNobodyElseUp) {
  const sql::UserId ada = add_user("ada@example.com");
  const sql::UserId bob = add_user("bob@example.com");
  must(webhooks_.user_disabled(*connection_, ada));
  must(webhooks_.user_disabled(*connection_, bob));
  receiver_.on("/hook", [](const httplib::Request& request, httplib::Response& response) {
    response.status = request.get_header_value("Latchkey-Delivery") == "1" ? 500 : 200;
  });
  EXPECT_EQ(sender_.step(), Step::failed);
  EXPECT_EQ(sender_.step(), Step::delivered);
  EXPECT_THAT(received(), ElementsAre("user.disabled 1", "user.disabled 2"));
}

TEST_F(WebhooksTest, MergeKeepsItsPlaceAmongTheEventsOfBothUsers) {
  const sql::UserId ada = add_user("ada@example.com");
  const sql::UserId bob = add_user("bob@example.com");
  must(webhooks_.identity_linked(*connection_, ada, "github", "1"));
  must(webhooks_.user_merged(*connection_, 7, ada, bob));
  must(webhooks_.identity_linked(*connection_, ada, "google", "1"));
  must(webhooks_.identity_linked(*connection_, bob, "google", "2"));
  answer_with(500);
  EXPECT_EQ(sender_.step(), Step::failed);
  EXPECT_EQ(sender_.step(), Step::idle) << "the first event of one holds the merge, and that both";
  clock_.advance(hours(1));
  take_all();
  send_all();
  EXPECT_THAT(received(), ElementsAre("identity.linked 1", "identity.linked 1", "user.merged 2",
                                      "identity.linked 3", "identity.linked 4"));
}

TEST_F(WebhooksTest, ConcurrentTransactionsOfOneUserAreSentInTheOrderOfTheirCommits) {
  const sql::UserId user = add_user("ada@example.com");
  const auto other = database_.connect();
  auto first = must(sql::Transaction::begin(*connection_));
  must(webhooks_.identity_linked(*connection_, user, "github", "first"));
  std::thread second([&] { must(webhooks_.identity_linked(*other, user, "github", "second")); });
  EXPECT_EQ(sender_.step(), Step::idle) << "the second waits for the first one's commit";
  must(first.commit());
  second.join();
  send_all();
  const auto requests = receiver_.requests("/hook");
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_THAT(requests[0].body, testing::HasSubstr("first"));
  EXPECT_THAT(requests[1].body, testing::HasSubstr("second"));
}

TEST_F(WebhooksTest, TwoSendersNeverSendOneEventAtTheSameTimeNorOutOfOrder) {
  constexpr int kUsers = 4;
  constexpr int kEventsEach = 10;
  for (int u = 0; u < kUsers; ++u) {
    const sql::UserId user = add_user("user" + std::to_string(u) + "@example.com");
    for (int i = 0; i < kEventsEach; ++i) {
      must(webhooks_.identity_linked(*connection_, user, "github", std::to_string(i)));
    }
  }
  test::in_parallel(2, [this](int) {
    WebhookSender sender({.pool = pool_, .http = http_, .config = config_, .clock = clock_});
    // Idle may only mean that the other one holds what is due.
    while (!all_delivered()) sender.step();
  });
  std::map<std::int64_t, std::vector<std::string>> subjects;
  for (const httplib::Request& request : receiver_.requests("/hook")) {
    const auto body = JsonDocument::parse(request.body);
    const JsonView data = body->root()["data"];
    subjects[*data["user_id"].integer()].emplace_back(*data["subject"].string());
  }
  EXPECT_EQ(subjects.size(), kUsers);
  for (const auto& [user, seen] : subjects) {
    EXPECT_THAT(seen, ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
  }
}

TEST_F(WebhooksTest, InstanceThatDiesOverAnEventLeavesItToAnother) {
  must(webhooks_.user_disabled(*connection_, add_user("ada@example.com")));
  must(sql::webhook_deliveries::take(*connection_, clock_.now(),
                                     clock_.now() + WebhookSender::kLease));
  EXPECT_EQ(sender_.step(), Step::idle);
  clock_.advance(WebhookSender::kLease);
  EXPECT_EQ(sender_.step(), Step::delivered);
}

TEST_F(WebhooksTest, LateAnswerOfAnOvertakenAttemptChangesNothing) {
  must(webhooks_.user_disabled(*connection_, add_user("ada@example.com")));
  const auto taken = must(sql::webhook_deliveries::take(*connection_, clock_.now(),
                                                        clock_.now() + WebhookSender::kLease));
  clock_.advance(WebhookSender::kLease);
  EXPECT_EQ(sender_.step(), Step::delivered);
  must(sql::webhook_deliveries::put_off(*connection_, *taken, clock_.now(), "too late"));
  EXPECT_EQ(sender_.step(), Step::idle);
  EXPECT_EQ(receiver_.hits("/hook"), 1);
}

TEST_F(WebhooksTest, AfterADayAnEventIsGivenUpAndHoldsNothingUpUntilItIsReplayed) {
  const sql::UserId user = add_user("ada@example.com");
  must(webhooks_.user_disabled(*connection_, user));
  must(webhooks_.identity_linked(*connection_, user, "github", "1"));
  answer_with(503);
  const TimePoint begun = clock_.now();
  while (all(sql::DeliveryState::failed).empty()) {
    ASSERT_LE(clock_.now() - begun, WebhookSender::kPatience);
    sender_.step();
    clock_.advance(seconds(600));
  }
  const auto dead = all(sql::DeliveryState::failed);
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].type, "user.disabled");
  EXPECT_EQ(dead[0].last_error, "answered 503");
  EXPECT_GE(clock_.now() - begun, WebhookSender::kPatience - hours(2));

  take_all();
  const int hits = receiver_.hits("/hook");
  EXPECT_EQ(send_all(), Step::idle);
  EXPECT_EQ(receiver_.hits("/hook"), hits + 1) << "what was behind it";

  EXPECT_TRUE(must(sql::webhook_deliveries::replay(*connection_, dead[0].id, clock_.now())));
  EXPECT_EQ(send_all(), Step::idle);
  EXPECT_EQ(received().back(), "user.disabled 1");
  EXPECT_TRUE(all(sql::DeliveryState::failed).empty());
}

TEST_F(WebhooksTest, RedirectIsNotFollowed) {
  must(webhooks_.user_disabled(*connection_, add_user("ada@example.com")));
  receiver_.on("/hook", [](const httplib::Request&, httplib::Response& response) {
    response.set_redirect("/elsewhere", 307);
  });
  EXPECT_EQ(sender_.step(), Step::failed);
  EXPECT_EQ(receiver_.hits("/elsewhere"), 0);
}

TEST_F(WebhooksTest, NobodyListeningIsAFailureLikeAnyOther) {
  config_.webhook_url = "http://127.0.0.1:1/hook";
  must(webhooks_.user_disabled(*connection_, add_user("ada@example.com")));
  EXPECT_EQ(sender_.step(), Step::failed);
  EXPECT_THAT(all()[0].last_error, testing::StartsWith("connect: "));
}

TEST_F(WebhooksTest, EventOfATransactionThatIsRolledBackNeverWas) {
  {
    const auto transaction = must(sql::Transaction::begin(*connection_));
    must(webhooks_.user_disabled(*connection_, add_user("ada@example.com")));
  }
  EXPECT_EQ(sender_.step(), Step::idle);
  EXPECT_TRUE(all().empty());
}

TEST_F(WebhooksTest, NothingIsWrittenWithoutAReceiver) {
  const config::Admin none;
  must(Webhooks(none, clock_).user_disabled(*connection_, 1));
  EXPECT_TRUE(all().empty());
}

TEST_F(WebhooksTest, OldEventsThatCameToAnEndAreSweptAndWaitingOnesStay) {
  must(webhooks_.user_disabled(*connection_, add_user("ada@example.com")));
  sender_.step();
  must(webhooks_.user_disabled(*connection_, add_user("bob@example.com")));
  EXPECT_EQ(must(sql::webhook_deliveries::sweep(*connection_, clock_.now() + hours(1), 10)), 1);
  EXPECT_EQ(all().size(), 1U);
}

// Without the cut it would be the time-out that ends the attempt.
TEST_F(WebhooksTest, StoppingCutsOffAReceiverThatDoesNotAnswer) {
  must(webhooks_.user_disabled(*connection_, add_user("ada@example.com")));
  test::Gate gate;
  receiver_.on("/hook", [&](const httplib::Request&, httplib::Response& response) {
    gate.pass();
    response.set_content("{}", "application/json");
  });
  {
    WebhookSender sender({.pool = pool_, .http = http_, .config = config_, .clock = clock_});
    sender.start();
    gate.wait_for_arrivals(1);
  }
  EXPECT_THAT(all()[0].last_error, testing::StartsWith("stopped: "));
  gate.open();
  take_all();
  EXPECT_EQ(sender_.step(), Step::delivered) << "it is due at once";
}

}  // namespace
}  // namespace latchkey::broker
