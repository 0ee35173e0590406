// The frame of administrative changes: what is written together, what a dry run leaves behind, who
// is refused, and what a race does.
#include "broker/admin/change_desk.h"

#include <gtest/gtest.h>

#include "base/try.h"
#include "broker/admin/user_changes.h"
#include "sql/merges.h"
#include "sql/signins.h"
#include "tests/support/fake_clock.h"
#include "tests/support/must.h"
#include "tests/support/parallel.h"
#include "tests/support/test_database.h"

namespace latchkey::broker::admin {
namespace {

using test::must;

class ChangeDeskTest : public testing::Test {
 protected:
  sql::User add(const std::string& email, bool staff = false, bool superuser = false) {
    return must(sql::users::insert(*connection_, {.email = email,
                                                  .is_staff = staff,
                                                  .is_superuser = superuser,
                                                  .created_at = clock_.now()}));
  }
  sql::User find(sql::UserId id) { return *must(sql::users::find_by_id(*connection_, id)); }
  Order order_of(const sql::User& staff) {
    return {.actor = {.user = staff.id, .name = staff.email, .visitor = {.ip = "192.0.2.7"}},
            .reason = "asked by telephone"};
  }
  static Order command_line() { return {.actor = {.name = "cli:root"}, .reason = "test"}; }
  std::int64_t events() {
    constexpr sql::Statement kCount = {.name = "test.count",
                                       .text = "SELECT count(*) FROM audit_events"};
    return must(connection_->execute(kCount))[0].int64(0);
  }
  static Act rename(sql::UserId id, const std::string& name) {
    return [id, name](Workbench& bench) -> Attempt<Report> {
      LATCHKEY_TRY_ASSIGN(const sql::User user, bench.lock_user(id));
      LATCHKEY_TRY(sql::users::set_name(bench.db, id, name));
      return Report{.changes = {{.action = "user.update",
                                 .user = user.id,
                                 .before = R"({"name":""})",
                                 .after = R"({"name":"Ada"})"}}};
    };
  }
  static Act disable(sql::UserId id) {
    return [id](Workbench& bench) -> Attempt<Report> {
      LATCHKEY_TRY(bench.lock_user(id));
      LATCHKEY_TRY(sql::users::set_disabled(bench.db, id, bench.now));
      LATCHKEY_TRY(bench.keep_an_administrator());
      return Report{.changes = {{.action = "user.disable", .user = id}}};
    };
  }
  static ErrorCode code(const tl::expected<Report, Refusal>& report) {
    return report ? ErrorCode::internal_error : report.error().error.code;
  }

  test::TestDatabase database_;
  std::unique_ptr<sql::Connection> connection_ = database_.connect();
  sql::Pool pool_{database_.pool_options()};
  test::FakeClock clock_;
  std::vector<sql::UserId> forgotten_;
  const config::Config config_;
  PostOffice post_office_{config_, clock_};
  providers::Registry providers_{{}, config::Outbound{}, clock_};
  OwnerNotices notices_{post_office_, providers_, clock_};
  ChangeDesk desk_{
      {.pool = pool_, .notices = notices_, .clock = clock_, .forget_user = [this](sql::UserId id) {
         forgotten_.push_back(id);
       }}};
};

TEST_F(ChangeDeskTest, AChangeAndItsAuditEventAreWrittenTogether) {
  const sql::User staff = add("staff@example.com", true);
  const sql::User user = add("ada@example.com");
  ASSERT_TRUE(desk_.carry_out(order_of(staff), rename(user.id, "Ada")));

  EXPECT_EQ(find(user.id).name, "Ada");
  EXPECT_EQ(forgotten_, std::vector{user.id});
  constexpr sql::Statement kEvent = {
      .name = "test.event",
      .text =
          "SELECT action, user_id, actor_id, actor, reason, host(ip), details->'after'->>'name'"
          " FROM audit_events"};
  const sql::Rows rows = must(connection_->execute(kEvent));
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].text(0), "user.update");
  EXPECT_EQ(rows[0].int64(1), user.id);
  EXPECT_EQ(rows[0].int64(2), staff.id);
  EXPECT_EQ(rows[0].text(3), "staff@example.com");
  EXPECT_EQ(rows[0].text(4), "asked by telephone");
  EXPECT_EQ(rows[0].text(5), "192.0.2.7");
  EXPECT_EQ(rows[0].text(6), "Ada");
}

TEST_F(ChangeDeskTest, ADryRunReportsAndChangesNothing) {
  const sql::User user = add("ada@example.com");
  Order order = command_line();
  order.dry_run = true;
  const auto report = desk_.carry_out(order, rename(user.id, "Ada"));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->changes.size(), 1U);
  EXPECT_EQ(find(user.id).name, "");
  EXPECT_EQ(events(), 0);
  EXPECT_TRUE(forgotten_.empty());
}

TEST_F(ChangeDeskTest, ARefusalUndoesWhatWasDoneBeforeIt) {
  const sql::User staff = add("staff@example.com", true);
  EXPECT_EQ(code(desk_.carry_out(command_line(), disable(staff.id))),
            ErrorCode::last_administrator);
  EXPECT_FALSE(find(staff.id).disabled());
  EXPECT_EQ(events(), 0);
}

TEST_F(ChangeDeskTest, AReasonIsDemandedAndBounded) {
  const sql::User user = add("ada@example.com");
  for (const std::string& reason : {std::string(), std::string(" \t "), std::string(501, 'x'),
                                    std::string("\x01"), std::string("\xff")}) {
    Order order = command_line();
    order.reason = reason;
    const auto report = desk_.carry_out(order, rename(user.id, "Ada"));
    EXPECT_EQ(code(report), ErrorCode::validation_failed) << reason;
    EXPECT_EQ(report.error().field, "reason");
  }
  Order order = command_line();
  order.reason.clear();
  for (int i = 0; i < 500; ++i) order.reason += "\xc3\xa9";
  EXPECT_TRUE(desk_.carry_out(order, rename(user.id, "Ada")));
}

TEST_F(ChangeDeskTest, WhoLostStaffStatusSinceTheSessionWasReadIsRefused) {
  const sql::User user = add("ada@example.com");
  const sql::User plain = add("plain@example.com");
  const sql::User fired = add("fired@example.com", true);
  must(sql::users::set_disabled(*connection_, fired.id, clock_.now()));
  EXPECT_EQ(code(desk_.carry_out(order_of(plain), rename(user.id, "x"))),
            ErrorCode::permission_denied);
  EXPECT_EQ(code(desk_.carry_out(order_of(fired), rename(user.id, "x"))),
            ErrorCode::permission_denied);
  EXPECT_EQ(find(user.id).name, "");
}

TEST_F(ChangeDeskTest, OnlySuperusersChangeSuperusers) {
  const sql::User staff = add("staff@example.com", true);
  const sql::User root = add("root@example.com", true, true);
  EXPECT_EQ(code(desk_.carry_out(order_of(staff), rename(root.id, "x"))),
            ErrorCode::permission_denied);
  EXPECT_TRUE(desk_.carry_out(order_of(root), rename(root.id, "Root")));
  EXPECT_TRUE(desk_.carry_out(command_line(), rename(root.id, "Root")));
}

TEST_F(ChangeDeskTest, AnUnknownUserIsNamedSo) {
  EXPECT_EQ(code(desk_.carry_out(command_line(), rename(4711, "x"))), ErrorCode::user_unknown);
}

TEST_F(ChangeDeskTest, OfTwoAdministratorsDisabledAtOnceOneStays) {
  const sql::User one = add("one@example.com", true);
  const sql::User two = add("two@example.com", true);
  std::atomic<int> refused = 0;
  test::in_parallel(2, [&](int i) {
    ChangeDesk desk({.pool = pool_, .notices = notices_, .clock = clock_});
    const auto report = desk.carry_out(command_line(), disable(i == 0 ? one.id : two.id));
    if (!report && report.error().error.code == ErrorCode::last_administrator) ++refused;
  });
  EXPECT_EQ(refused, 1);
  EXPECT_NE(find(one.id).disabled(), find(two.id).disabled());
}

TEST_F(ChangeDeskTest, WhoeverWasNotFirstTriesAgain) {
  const sql::User user = add("ada@example.com");
  int calls = 0;
  const auto report = desk_.carry_out(command_line(), [&](Workbench& bench) -> Attempt<Report> {
    // As if the address had been free a moment ago.
    if (++calls == 1) {
      LATCHKEY_TRY(
          sql::users::insert(bench.db, {.email = "ada@example.com", .created_at = bench.now}));
    }
    return rename(user.id, "Ada")(bench);
  });
  EXPECT_TRUE(report);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(find(user.id).name, "Ada");
}

TEST_F(ChangeDeskTest, ThePasswordOfAMergedUserIsNotSet) {
  const sql::User ada = add("ada@example.com");
  must(sql::merges::set_merged_into(*connection_, ada.id, add("bob@example.com").id));
  const config::Admin nobody;
  const Webhooks webhooks(nobody, clock_);
  UserChanges changes(desk_, webhooks);
  EXPECT_EQ(code(changes.set_password(command_line(), ada.id, "$argon2id$x")),
            ErrorCode::user_merged);
  EXPECT_FALSE(find(ada.id).has_password());
}

}  // namespace
}  // namespace latchkey::broker::admin
