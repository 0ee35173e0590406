// The inbox as its page and its JSON show it.
#include <gmock/gmock.h>

#include "tests/dev_provider/fixture.h"
#include "tests/dev_provider/smtp_client.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class InboxTest : public DevFixture {
 protected:
  static void SetUpTestSuite() {
    DevFixture::SetUpTestSuite();
    dev().start_smtp("127.0.0.1", 0);
  }
  void SetUp() override {
    DevFixture::SetUp();
    EXPECT_EQ(post_json("/_control/inbox/clear", "").status, 200);
  }
  static void receive(const std::string& recipient, const std::string& raw) {
    const std::string& url = dev().smtp_url();
    deliver(std::stoi(url.substr(url.rfind(':') + 1)), recipient, raw);
  }
};

TEST_F(InboxTest, TheJsonHasEverythingDecodedNewestFirst) {
  receive("ada@example.com", "Subject: first\r\n\r\nText");
  receive("bob@example.com",
          "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\nX-Twice: 1\r\nX-Twice: 2\r\n"
          "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
          "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nsch=C3=B6n\r\n"
          "--b\r\nContent-Type: text/html\r\n\r\n<b>fett</b>\r\n--b--\r\n");
  const JsonDocument inbox = get("/_control/inbox").json();
  const auto mails = inbox.root()["mails"].items();
  ASSERT_EQ(mails.size(), 2U);
  const JsonView newest = mails.at(0);
  EXPECT_EQ(newest["subject"].string(), "Grüße");
  EXPECT_EQ(newest["sender"].string(), "sender@example.com");
  EXPECT_EQ(newest["recipients"].items().at(0).string(), "bob@example.com");
  EXPECT_EQ(newest["text"].string(), "schön");
  EXPECT_EQ(newest["html"].string(), "<b>fett</b>");
  EXPECT_EQ(newest["headers"].items().at(2)["name"].string(), "X-Twice");
  EXPECT_EQ(newest["headers"].items().at(2)["value"].string(), "2");
  EXPECT_EQ(newest["received_at"].string(), "2026-11-21T08:00:00Z");
  EXPECT_GT(newest["id"].integer(), mails.at(1)["id"].integer());
  EXPECT_EQ(mails.at(1)["subject"].string(), "first");
}

TEST_F(InboxTest, ThePageShowsTextWithLinksAndTheHtmlInAClosedFrame) {
  receive("ada@example.com",
          "Subject: Confirm\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
          "--b\r\n\r\nGo to http://localhost/verify#token=a_b now\r\n"
          "--b\r\nContent-Type: text/html\r\n\r\n<a href=\"http://localhost/\">Go</a>"
          "<script>alert(1)</script>\r\n--b--\r\n");
  const Reply page = get("/inbox");
  EXPECT_THAT(page.header("Content-Type"), HasSubstr("text/html"));
  EXPECT_THAT(page.body, HasSubstr("ada@example.com"));
  EXPECT_THAT(page.body, HasSubstr(R"(Go to <a href="http://localhost/verify#token=a_b">)"
                                   "http://localhost/verify#token=a_b</a> now"));
  EXPECT_THAT(page.body, HasSubstr("&lt;script&gt;alert(1)"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page.body, HasSubstr(R"(sandbox="allow-popups allow-popups-to-escape-sandbox")"))
      << "no scripts, no origin";
}

TEST_F(InboxTest, AMailCannotBreakOutOfThePage) {
  receive("\"><img src=x>",
          "Subject: <script>alert(1)</script>\r\nFrom: <b>\r\n\r\n</pre><script>"
          " http://\"onmouseover=alert(1)// x\r\n");
  const Reply page = get("/inbox");
  for (const char* raw : {"<script>alert", "</pre><script>", "<img src=x", "\"onmouseover"}) {
    EXPECT_THAT(page.body, Not(HasSubstr(raw)));
  }
}

TEST_F(InboxTest, KeepsTheNewestTwoHundred) {
  for (int i = 0; i < 201; ++i)
    receive("ada@example.com", "Subject: " + std::to_string(i) + "\r\n");
  const JsonDocument inbox = get("/_control/inbox").json();
  const auto mails = inbox.root()["mails"].items();
  ASSERT_EQ(mails.size(), 200U);
  EXPECT_EQ(mails.at(0)["subject"].string(), "200");
  EXPECT_EQ(mails.at(199)["subject"].string(), "1");
}

TEST_F(InboxTest, ClearingItEmptiesPageAndJson) {
  receive("ada@example.com", "Subject: secret\r\n");
  EXPECT_THAT(get("/inbox").body, HasSubstr("secret"));
  EXPECT_EQ(get("/_control/inbox/clear").status, 405) << "a link empties nothing";
  EXPECT_EQ(post_json("/_control/inbox/clear", "").status, 200);
  EXPECT_THAT(get("/inbox").body, HasSubstr("No mail yet."));
  EXPECT_EQ(get("/_control/inbox").json().root()["mails"].items().size(), 0U);
}

}  // namespace
}  // namespace latchkey::test
