// Templates of a deployment: which file is used, and what is found wrong with it at the start.
#include "tests/broker/mail/templates_fixture.h"

namespace latchkey::test {
namespace {

using broker::MailKind;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(MailTemplatesTest, OneFileIsReplacedAndTheRestIsBuiltIn) {
  put("en/reset_password.txt", "Neues Kennwort\n\nHier: {{link}}\n");
  const auto mail = render(MailKind::reset_password, {{"link", "https://a.example/x"}});
  EXPECT_EQ(mail.subject, "Neues Kennwort");
  EXPECT_EQ(mail.text, "Hier: https://a.example/x\n");
  EXPECT_THAT(mail.html, HasSubstr("Choose a new password"));
  EXPECT_EQ(render(MailKind::confirm_email, {{"link", "x"}}).subject,
            "Confirm your e-mail address");
}

TEST_F(MailTemplatesTest, FrameAndVisitAreReplacedForEveryKind) {
  put("en/layout.html", "<main data-of=\"{{service}}\">{{{content}}}</main>");
  put("en/visit.txt", "Um {{time}}\n");
  const auto mail =
      render(MailKind::new_device, {{"service", "A&B"}, {"time", "noon"}, {"device", "Firefox"}});
  EXPECT_THAT(mail.html, AllOf(testing::StartsWith("<main data-of=\"A&amp;B\"><h1>"),
                               HasSubstr("<td>Firefox</td>")));
  EXPECT_THAT(mail.text, AllOf(HasSubstr("\nUm noon\n"), testing::Not(HasSubstr("Firefox"))));
}

TEST_F(MailTemplatesTest, ALanguageIsADirectoryAndWhatItLacksIsEnglish) {
  settings_.language = "de";
  put("de/new_device.txt", "Neue Anmeldung\n\nBei {{service}}.\n");
  put("en/new_device.txt", "Not of this language\n\nText\n");
  EXPECT_EQ(render(MailKind::new_device, {{"service", "x"}}).subject, "Neue Anmeldung");
  EXPECT_EQ(render(MailKind::password_changed, {}).subject, "Your password was changed");
}

TEST_F(MailTemplatesTest, ALanguageThatIsNowhereIsAFault) {
  settings_.language = "de";
  EXPECT_THAT(faults(),
              ElementsAre("mail.language is \"de\", which is not built in: set mail.templates_dir "
                          "to a directory with its texts, or use \"en\""));
  put("en/visit.txt", "{{time}}\n");
  EXPECT_THAT(faults(),
              ElementsAre("mail.templates_dir has no directory \"de\", where the texts of "
                          "mail.language belong: make " +
                          directory_ + "/de, or correct mail.language"));
}

TEST_F(MailTemplatesTest, TextsBesideTheLanguagesDirectoryAreAFault) {
  put("layout.html", "{{{content}}}");
  EXPECT_THAT(faults(), ElementsAre(HasSubstr("has no directory \"en\"")));
}

TEST_F(MailTemplatesTest, AFileWithTheNameOfNoTemplateIsAFault) {
  const std::string slip = put("en/reset-password.txt", "Subject\n\n{{link}}\n");
  put("en/README.md", "is nobody's business");
  put("en/reset_password.txt~", "{{nonsense}}");
  EXPECT_THAT(faults(), ElementsAre("mail template " + slip +
                                    ": is the name of no template; docs/operations.md names them"));
}

struct Fault {
  const char* file;
  const char* text;
  const char* what;
};
constexpr Fault kFaults[] = {
    {"reset_password.txt", "Reset\n\n{{link}} {{lnik}}\n", ": uses {{lnik}}, which it has not; "},
    {"reset_password.txt", "Reset {{code}}\n\n{{link}}\n", ": uses {{code}}, which it has not; "},
    {"reset_password.txt", "Reset\n\n{{#lnik}}{{link}}{{/lnik}}\n", ": uses {{lnik}}, "},
    {"reset_password.txt", "Reset\n\n{{^lnik}}{{link}}{{/lnik}}\n", ": uses {{lnik}}, "},
    {"reset_password.txt", "Reset\n\nNo way on.\n", ": lacks {{link}}"},
    {"reset_password.html", "<p>No way on.", ": lacks {{link}}"},
    {"reset_password.html", "<p>{{#link}}Go{{/link}}", ": lacks {{link}}"},
    {"sign_in_code.html", "<p>{{link}}", ": lacks {{code}}"},
    {"identity_linked.txt", "New\n\nSomething was connected.\n", ": lacks {{provider}}"},
    {"reset_password.txt", "Reset\n\n{{link}} {{#time}}\n", ": Unclosed section \"time\""},
    {"reset_password.txt", "Reset\n\n{{link}} {{/time}}\n", ": Unopened section \"time\""},
    {"reset_password.txt", "Reset\n\n{{link}} {{time\n", ": Unclosed tag"},
    {"reset_password.txt", "Reset {{#time}}\n\n{{link}}{{/time}}\n", ": Unclosed section \"time\""},
    {"reset_password.txt", "\n\n{{link}}\n", ": its first line, the subject, is empty"},
    {"new_device.txt", "New device", ": has no text below its subject"},
    {"new_device.txt", "New device\n\n\n", ": has no text below its subject"},
    {"new_device.html", "", ": is empty or cannot be read"},
    {"new_device.html", "Caf\xe9", ": is no UTF-8 text"},
    {"new_device.html", "{{{name}}}",
     ": puts name in as HTML, which strangers may have written; use "
     "{{name}}"},
    {"new_device.html", "{{& name}}", ": puts name in as HTML, "},
    {"new_device.html", "{{> footer}}", ": includes {{> footer}}; only {{> visit}} can be"},
    {"new_device.html", "{{=<% %>=}}<%name%>", ": changes the braces of its values"},
    {"layout.html", "<html>{{subject}}", ": lacks {{{content}}}"},
    {"layout.html", "<html>{{content}}", ": puts its content in as text; use {{{content}}}"},
    {"layout.html", "<html>{{{content}}}{{name}}",
     ": uses {{name}}, which it has not; there are "
     "content, subject, service, service_url"},
    {"visit.txt", "{{link}}", ": uses {{link}}, which it has not; "},
    {"visit.html", "{{#ip}}", ": Unclosed section \"ip\""},
};

TEST_F(MailTemplatesTest, AFaultIsFoundAtTheStartAndNamesTheFile) {
  for (const Fault& fault : kFaults) {
    const std::string path = put(std::string("en/") + fault.file, fault.text);
    EXPECT_THAT(faults(),
                testing::Contains(testing::StartsWith("mail template " + path + fault.what)))
        << fault.text;
    std::filesystem::remove(path);
  }
}

TEST_F(MailTemplatesTest, AllFaultsAreToldAtOnce) {
  put("en/new_device.txt", "{{a}}\n\n{{b}}\n");
  put("en/layout.html", "{{c}}");
  EXPECT_THAT(faults(), testing::SizeIs(4)) << "a, b, c, and the content that the frame lacks";
}

TEST_F(MailTemplatesTest, AFileThatMayNotBeReadIsAFaultAndNotTheBuiltInOne) {
  std::filesystem::create_directories(directory_ + "/en/layout.html");
  settings_.templates_dir = directory_;
  EXPECT_THAT(faults(), ElementsAre(HasSubstr("/en/layout.html: is empty or cannot be read")));
}

TEST_F(MailTemplatesTest, FilesOfOtherSystemsAreRead) {
  put("en/new_device.txt", "\xef\xbb\xbfNeu\r\n\r\nEins\r\n{{> visit}}\r\nZwei\r\n");
  const auto mail = render(MailKind::new_device, {{"ip", "192.0.2.1"}});
  EXPECT_EQ(mail.subject, "Neu");
  EXPECT_EQ(mail.text, "Eins\nIP address: 192.0.2.1\nZwei\n");
}

TEST_F(MailTemplatesTest, CommentsSayNothing) {
  put("en/new_device.txt", "Neu{{! for {{nobody}}\n\nText{{! and {{> nothing }}\n");
  EXPECT_THAT(faults(), IsEmpty());
}

}  // namespace
}  // namespace latchkey::test
