// The visitor's own merge, with the offer that a connect flow leaves in the browser.
#include <gmock/gmock.h>

#include "base/crypto.h"
#include "base/keyring.h"
#include "broker/merge_offer.h"
#include "sql/sessions.h"
#include "tests/integration/admin/merge_fixture.h"

namespace latchkey::test {
namespace {

class OwnMergeTest : public MergeTest {
 protected:
  OwnMergeTest() { log_in(bob_browser_, "bob@example.com", "another horse entirely"); }

  void offer(const std::string& provider, const std::string& subject) {
    const auto session = must(sql::sessions::find(*database_, {hash_of(bob_browser_)},
                                                  service_.clock.now(), std::chrono::hours(24)));
    const broker::MergeOffers offers(Keyring(service_.config().server.secret_key, {}),
                                     service_.config().session, service_.clock, random_);
    sessions::LiveSession live;
    live.user = session.at(0).user;
    live.token_hash = session.at(0).token_hash;
    bob_browser_.cookies["latchkey_merge"] = offers.make(live, provider, subject).value;
  }
  static std::string hash_of(const Browser& browser) {
    return sha256(browser.cookies.at("sessionid"));
  }
  Answer merge_own(const std::string& body = R"({"confirm":true})") {
    return bob_browser_.post("/api/account/merge/", body);
  }

  SystemRandom random_;
  Browser bob_browser_ = service_.browser();
};

TEST_F(OwnMergeTest, ProvenAccountBecomesPartOfTheOneThatIsSignedIn) {
  offer("github", "ada");
  const Answer preview = merge_own("{}");
  EXPECT_EQ(preview.status, 200) << preview.body;
  EXPECT_EQ(json(preview).root()["dry_run"].boolean(), true);
  EXPECT_EQ(find("github", "ada")->user_id, ada_);

  const Answer answer = merge_own();
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(find("github", "ada")->user_id, bob_);
  EXPECT_EQ(bob_browser_.get("/api/account/").text("email"), "bob@example.com");
  EXPECT_EQ(merge_own().code(), "no_merge_offer") << "the offer is used up";
  const auto id = json(answer).root()["merge_id"].integer().value_or(0);
  EXPECT_EQ(undo(id).status, 200) << "staff can take it back";
}

TEST_F(OwnMergeTest, NothingIsMergedWithoutAProof) {
  EXPECT_EQ(merge_own().code(), "no_merge_offer");
  offer("github", "nobody's");
  EXPECT_EQ(merge_own().code(), "no_merge_offer");
  offer("google", "bob");
  EXPECT_EQ(merge_own().code(), "no_merge_offer") << "their own";
  offer("github", "ada");
  service_.clock.advance(std::chrono::minutes(6));
  EXPECT_EQ(merge_own().code(), "reauthentication_required");
  Browser anonymous = service_.browser();
  EXPECT_EQ(anonymous.post("/api/account/merge/", "{}").status, 403);
}

TEST_F(OwnMergeTest, OfferOfAnotherSessionIsWorthNothing) {
  offer("github", "ada");
  const std::string stolen = bob_browser_.cookies["latchkey_merge"];
  bob_browser_ = service_.browser();
  log_in(bob_browser_, "bob@example.com", "another horse entirely");
  bob_browser_.cookies["latchkey_merge"] = stolen;
  EXPECT_EQ(merge_own().code(), "no_merge_offer");
}

TEST_F(OwnMergeTest, StaffAndDisabledAccountsAreForAdministrators) {
  link(staff_id_, "github", "staff");
  offer("github", "staff");
  EXPECT_EQ(merge_own().code(), "permission_denied");
  const auto cyd = service_.add_user({.email = "cyd@example.com", .disabled = true});
  link(cyd, "github", "cyd");
  offer("github", "cyd");
  EXPECT_EQ(merge_own(R"({"confirm":true,"force":true})").code(), "merge_conflict");
}

}  // namespace
}  // namespace latchkey::test
