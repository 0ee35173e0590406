// Finding users: by what, in which order, page after page, and with texts that are meant to break
// it.
#include <gmock/gmock.h>

#include "base/url.h"
#include "broker/admin/user_finder.h"
#include "tests/integration/admin/staff_test.h"

namespace latchkey::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::UnorderedElementsAre;

class SearchTest : public StaffTest {
 protected:
  sql::UserId add(const std::string& email, const std::string& name = "") {
    const sql::UserId id = service_.add_user({.email = email});
    must(sql::users::set_name(*db_, id, name));
    return id;
  }
  void link(sql::UserId user, const std::string& provider, const std::string& subject) {
    must(sql::identities::insert(*db_, {.user_id = user,
                                        .provider = provider,
                                        .subject = subject,
                                        .linked_at = service_.clock.now()}));
  }
  struct Page {
    std::vector<std::string> emails;
    std::string next;
  };
  Page page(const std::string& query) {
    const Answer answer = staff_.get("/api/admin/users/?" + query);
    EXPECT_EQ(answer.status, 200) << query << " " << answer.body;
    const JsonDocument document = must(JsonDocument::parse(answer.body));
    Page page;
    for (const JsonView user : document.root()["results"].items()) {
      page.emails.emplace_back(user["email"].string().value());
    }
    page.next = document.root()["next"].string().value_or("");
    return page;
  }
  std::vector<std::string> find(const std::string& text) {
    return page("search=" + percent_encode(text)).emails;
  }

  std::unique_ptr<sql::Connection> db_ = service_.database();
};

TEST_F(SearchTest, BeginningsOfAddressesComeBeforePartsAndNames) {
  add("hannah@example.com");
  add("x@example.com", "Joanna Smith");
  add("annika@example.com");
  EXPECT_THAT(find("ann"),
              ElementsAre("annika@example.com", "x@example.com", "hannah@example.com"));
  EXPECT_THAT(find("SMITH"), ElementsAre("x@example.com"));
  EXPECT_THAT(find("  hannah  "), ElementsAre("hannah@example.com"));
}

TEST_F(SearchTest, AnIdOrASubjectNamesAUserExactly) {
  const sql::UserId ada = add("ada@example.com");
  const sql::UserId bob = add("bob@example.com");
  link(bob, "github", "583231");
  link(ada, "google", "583231");
  EXPECT_THAT(find(std::to_string(ada)), Contains("ada@example.com"));
  EXPECT_THAT(find("583231"), UnorderedElementsAre("ada@example.com", "bob@example.com"));
  EXPECT_THAT(find("github:583231"), ElementsAre("bob@example.com"));
  EXPECT_THAT(find("github:58323"), ElementsAre());
}

TEST_F(SearchTest, OneOrTwoCharactersFindBeginnings) {
  add("zoe@example.com");
  add("x@example.com", "Zarah");
  add("y@example.com", "Fritz");
  EXPECT_THAT(find("z"), ElementsAre("zoe@example.com", "x@example.com"));
}

TEST_F(SearchTest, WildcardsAreOrdinaryCharacters) {
  add("per_cent@example.com", "100% sure");
  add("percent@example.com", "a\\b");
  EXPECT_THAT(find("per_c"), ElementsAre("per_cent@example.com"));
  EXPECT_THAT(find("0% s"), ElementsAre("per_cent@example.com"));
  EXPECT_THAT(find("a\\b"), ElementsAre("percent@example.com"));
  EXPECT_THAT(find("%%%"), ElementsAre());
  EXPECT_THAT(find("___"), ElementsAre());
}

TEST_F(SearchTest, WildcardsAndQuotesOfOneCharacterAreOrdinaryToo) {
  add("%@example.com", "'quoted'");
  add("_@example.com", "\\back");
  add("a@example.com", "O'Hara \"Bo\"");
  EXPECT_THAT(find("%"), ElementsAre("%@example.com"));
  EXPECT_THAT(find("_"), ElementsAre("_@example.com"));
  EXPECT_THAT(find("'"), ElementsAre("%@example.com"));
  EXPECT_THAT(find("\\"), ElementsAre("_@example.com"));
  EXPECT_THAT(find("\\b"), ElementsAre("_@example.com"));
  EXPECT_THAT(find("o'h"), ElementsAre("a@example.com"));
  EXPECT_THAT(find("\"bo\""), ElementsAre("a@example.com"));
}

TEST_F(SearchTest, TheLongestTextIsFoundAndALongerOneRefused) {
  const std::string address = "n" + std::string(241, 'm') + "@example.com";
  ASSERT_EQ(address.size(), 254U);
  add(address, "x");
  add(address.substr(1), "y");
  EXPECT_THAT(find(address), ElementsAre(address));
  EXPECT_THAT(find(std::string(241, 'm')), UnorderedElementsAre(address, address.substr(1)));
  EXPECT_EQ(staff_.get("/api/admin/users/?search=" + address + "m").code(), "parameters_invalid");
  // 128 characters of two bytes each.
  std::string wide;
  for (int i = 0; i < 128; ++i) wide += "%C3%A9";
  EXPECT_EQ(staff_.get("/api/admin/users/?search=" + wide).code(), "parameters_invalid");
}

TEST_F(SearchTest, NoTextReachesFromTheAddressIntoTheName) {
  add("ada@example.com", "Lovelace");
  EXPECT_EQ(staff_.get("/api/admin/users/?search=com%0Alovelace").code(), "parameters_invalid");
  EXPECT_THAT(find("com lovelace"), ElementsAre());
}

TEST_F(SearchTest, ASearchThatTakesTooLongIsGivenUp) {
  auto impatient = must(sql::Connection::open(service_.config().database.url,
                                              {.statement = std::chrono::milliseconds(100)}));
  const auto holder = service_.database();
  sql::Transaction transaction = must(sql::Transaction::begin(*holder));
  constexpr sql::Statement kLock = {.name = "test.lock",
                                    .text = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE"};
  must(holder->execute(kLock));
  for (const char* text : {"", "a", "ada", "ada@example.com"}) {
    const auto page = broker::admin::find_users(*impatient, {.search = text});
    ASSERT_FALSE(page) << text;
    EXPECT_EQ(page.error().code, ErrorCode::store_unavailable) << text;
    impatient = must(sql::Connection::open(service_.config().database.url,
                                           {.statement = std::chrono::milliseconds(100)}));
  }
}

TEST_F(SearchTest, NamesBeyondAsciiAreFoundInAnyCase) {
  add("x@example.com",
      "\xc3\x85sa \xc3\x96"
      "berg");
  EXPECT_THAT(find("\xc3\x96"
                   "berg"),
              ElementsAre("x@example.com"));
  EXPECT_THAT(find("\xc3\x85s"), ElementsAre("x@example.com"));
  EXPECT_THAT(find("\xc3\x85"), ElementsAre("x@example.com"));
  EXPECT_THAT(find("\xc3\x96"), ElementsAre());  // one character finds beginnings only
}

TEST_F(SearchTest, SqlInTheTextIsText) {
  add("ada@example.com", "Robert'); DROP TABLE users;--");
  const auto before = contents();
  for (const char* text : {"' OR 1=1 --", "'; DROP TABLE users; --", "\\", "$1", "') UNION SELECT",
                           "{\"a\":1}", "chr(0)", "1; SELECT pg_sleep(9)"}) {
    EXPECT_THAT(find(text), ElementsAre()) << text;
  }
  EXPECT_THAT(find("Robert');"), ElementsAre("ada@example.com"));
  EXPECT_EQ(contents(), before);
}

TEST_F(SearchTest, TextsThatCannotBeLookedForAreRefused) {
  for (const std::string& query :
       {std::string("search=%00"), std::string("search=%ff"), "search=" + std::string(300, 'x'),
        std::string("search=a&search=b"), std::string("page=x"), std::string("page=!"),
        std::string("staff=maybe"), std::string("search=a&page=enp6AAB6")}) {
    const Answer answer = staff_.get("/api/admin/users/?" + query);
    EXPECT_EQ(answer.code(), "parameters_invalid") << query << " " << answer.body;
  }
}

TEST_F(SearchTest, FiltersNarrowAnySearch) {
  const sql::UserId ada = add("ada@example.com");
  const sql::UserId bob = add("bob@example.com");
  link(bob, "github", "1");
  must(sql::users::set_disabled(*db_, ada, service_.clock.now()));
  EXPECT_THAT(page("provider=github").emails, ElementsAre("bob@example.com"));
  EXPECT_THAT(page("disabled=1").emails, ElementsAre("ada@example.com"));
  EXPECT_THAT(page("staff=1").emails, ElementsAre(kStaff));
  EXPECT_THAT(page("search=example&disabled=0&staff=0").emails, ElementsAre("bob@example.com"));
  EXPECT_THAT(page("search=ada&provider=github").emails, ElementsAre());
}

class PagingTest : public SearchTest, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(, PagingTest,
                         testing::Values("", "search=us", "search=o", "search=example",
                                         "search=sample", "provider=github"),
                         [](const auto& which) { return "Case" + std::to_string(which.index); });

// Whoever was there when the first page was read appears once, whatever is added meanwhile.
TEST_P(PagingTest, EverybodyAppearsOnceWhileOthersAreAdded) {
  std::vector<std::string> expected;
  for (int i = 0; i < 120; ++i) {
    const std::string email = (i % 3 == 0 ? "user" : "other") + std::to_string(i) + "@example.com";
    const sql::UserId id = add(email, i % 2 == 0 ? "User Sample" : "Usher Sample");
    link(id, "github", "s" + std::to_string(i));
    if (std::string(GetParam()) != "search=o" || email.starts_with('o')) {
      expected.push_back(email);
    }
  }
  std::vector<std::string> seen;
  std::string next;
  for (int number = 0; number < 6; ++number) {
    const Page found = page(std::string(GetParam()) + "&page=" + next);
    seen.insert(seen.end(), found.emails.begin(), found.emails.end());
    next = found.next;
    if (next.empty()) break;
    EXPECT_EQ(found.emails.size(), 50U);
    const sql::UserId id =
        add("user-later" + std::to_string(number) + "@example.com", "User Sample");
    link(id, "github", "later" + std::to_string(number));
  }
  EXPECT_TRUE(next.empty());
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
  EXPECT_TRUE([&] {
    std::sort(expected.begin(), expected.end());
    return std::includes(seen.begin(), seen.end(), expected.begin(), expected.end());
  }()) << seen.size();
}

TEST_F(SearchTest, WithoutTrigramsBeginningsAreStillFound) {
  must(db_->execute_script("DROP INDEX users_parts_idx"));
  add("x@example.com", "Joanna Smith");
  add("annika@example.com");
  EXPECT_THAT(find("ann"), ElementsAre("annika@example.com"));
  EXPECT_THAT(find("joa"), ElementsAre("x@example.com"));
  must(db_->execute_script("SELECT latchkey_index_parts_of_users()"));
  EXPECT_THAT(find("smith"), ElementsAre("x@example.com"));
}

}  // namespace
}  // namespace latchkey::test
