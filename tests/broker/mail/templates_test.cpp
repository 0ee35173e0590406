// What becomes of the values in a mail, and the texts that are built in (SECURITY rule 16).
#include "tests/broker/mail/templates_fixture.h"

namespace latchkey::test {
namespace {

using broker::kMailKinds;
using broker::MailKind;
using broker::MailValues;
using broker::name_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Every value that there is, each under its own name in brackets.
MailValues all_values() {
  MailValues values;
  for (const char* name : {"code", "link", "provider", "time", "ip", "device", "name", "new_email",
                           "merged_email", "service", "service_url"}) {
    values.emplace(name, '[' + std::string(name) + ']');
  }
  return values;
}

TEST_F(MailTemplatesTest, BuiltInTextsHaveNoFaults) { EXPECT_THAT(faults(), testing::IsEmpty()); }

TEST_F(MailTemplatesTest, EveryKindTellsOfTheVisitInBothForms) {
  for (const MailKind kind : kMailKinds) {
    const auto mail = render(kind, all_values());
    EXPECT_THAT(mail.text, AllOf(HasSubstr("When: [time]\nDevice: [device]\nIP address: [ip]\n"),
                                 Not(HasSubstr("{{"))))
        << name_of(kind);
    EXPECT_THAT(mail.html, AllOf(HasSubstr("<td>[time]</td>"), HasSubstr("<td>[device]</td>"),
                                 HasSubstr("<td>[ip]</td>"), Not(HasSubstr("{{"))))
        << name_of(kind);
  }
}

TEST_F(MailTemplatesTest, WhatIsNotKnownOfTheVisitIsLeftOut) {
  const auto mail = render(MailKind::new_device, {{"service", "Example"}, {"ip", ""}});
  for (const char* label : {"When", "Device:", "IP address", "Hello"}) {
    EXPECT_THAT(mail.text, Not(HasSubstr(label)));
  }
  EXPECT_THAT(mail.html, Not(HasSubstr("<td")));
}

TEST_F(MailTemplatesTest, WhatStaffDidIsSaidToBeDoneByTheServiceAndFromNowhere) {
  const auto mail = render(MailKind::accounts_merged, {{"service", "Example"},
                                                       {"time", "today"},
                                                       {"by_staff", "1"},
                                                       {"merged_email", "old@example.com"}});
  EXPECT_THAT(mail.text, HasSubstr("When: today\nDone by: the people who run Example\n\n"));
  EXPECT_THAT(mail.html, HasSubstr("<td>the people who run Example</td>"));
  for (const std::string& part : {mail.text, mail.html}) {
    EXPECT_THAT(part, AllOf(HasSubstr("The account old@example.com"), Not(HasSubstr("Device")),
                            Not(HasSubstr("IP address"))));
  }
}

TEST_F(MailTemplatesTest, WhatIsLeftOutLeavesNoGap) {
  MailValues values = all_values();
  for (const char* missing : {"device", "time", "name", "link", "provider", "ip"}) {
    values.erase(missing);
    for (const MailKind kind : kMailKinds) {
      EXPECT_THAT(render(kind, values).text, Not(HasSubstr("\n\n\n"))) << name_of(kind);
    }
    if (std::string_view(missing) == "device") {
      EXPECT_THAT(render(MailKind::new_device, values).text,
                  HasSubstr("When: [time]\nIP address: [ip]\n\nIf this was you"));
    }
  }
}

TEST_F(MailTemplatesTest, AConfirmationSaysWhoseSignUpItIsAndWhatToDoIfNotOnesOwn) {
  const auto mail = render(MailKind::confirm_email, all_values());
  for (const std::string& part : {mail.text, mail.html}) {
    EXPECT_THAT(
        part, AllOf(HasSubstr("It accepts this sign-up and the password that was chosen with it:"),
                    HasSubstr("do not open the link"), HasSubstr("[link]")));
  }
}

TEST_F(MailTemplatesTest, NamesAreEscapedInHtmlAndPlainInText) {
  const std::string name = R"(Zoë <b>O'Brien</b> & "Co")";
  MailValues values = all_values();
  values["provider"] = values["name"] = values["device"] = name;
  const auto mail = render(MailKind::identity_linked, values);
  EXPECT_EQ(mail.subject, name + " is now connected to your account");
  EXPECT_THAT(mail.text, HasSubstr("Hello " + name + ",\n"));
  EXPECT_THAT(mail.text, HasSubstr("Device: " + name + "\n"))
      << "in the part that is included, too";
  const std::string escaped = "Zoë &lt;b&gt;O&apos;Brien&lt;/b&gt; &amp; &quot;Co&quot;";
  EXPECT_THAT(mail.html, HasSubstr("<title>" + escaped + " is now connected"));
  EXPECT_THAT(mail.html, HasSubstr("Hello " + escaped + ","));
  EXPECT_THAT(mail.html, HasSubstr("<td>" + escaped + "</td>"));
  EXPECT_THAT(mail.html, Not(HasSubstr("<b>O")));
}

// A value that is a template itself stays what it is.
TEST_F(MailTemplatesTest, ValuesAreNoTemplates) {
  MailValues values = all_values();
  values["name"] = "{{link}}{{> visit}}{{{content}}}{{#x}}";
  const auto mail = render(MailKind::new_device, values);
  EXPECT_THAT(mail.text, HasSubstr("Hello {{link}}{{> visit}}{{{content}}}{{#x}},"));
  EXPECT_THAT(mail.html, HasSubstr("Hello {{link}}{{&gt; visit}}{{{content}}}{{#x}},"));
}

TEST_F(MailTemplatesTest, NoValueBeginsALineOfItsOwn) {
  for (const std::string brk : {"\r\n", "\n", "\r", "\v", "\f", "\x1b", "\t"}) {
    MailValues values = all_values();
    values["provider"] =
        "X" + brk + "Bcc: eve@example.com" + brk + brk + "If this was not you, call";
    const auto mail = render(MailKind::identity_linked, values);
    EXPECT_EQ(mail.subject.find_first_of("\r\n\t\v\f\x1b"), std::string::npos);
    for (const std::string& part : {mail.text, mail.html}) {
      EXPECT_THAT(part, AllOf(Not(HasSubstr("\nBcc")),
                              Not(HasSubstr("\nIf this was not you, call")), Not(HasSubstr("\r"))));
    }
  }
}

TEST_F(MailTemplatesTest, ALongValueIsCutBetweenCharacters) {
  MailValues values = all_values();
  values["name"] = "x";
  for (int i = 0; i < 2000; ++i) values["name"] += "é";
  const auto mail = render(MailKind::new_device, values);
  std::string cut = "x";
  for (int i = 0; i < 1023; ++i) cut += "é";
  EXPECT_THAT(mail.text, HasSubstr("Hello " + cut + ",\n"));
}

TEST_F(MailTemplatesTest, TheTextBeginsAfterTheSubject) {
  const auto mail = render(MailKind::confirm_email, all_values());
  EXPECT_EQ(mail.subject, "Confirm your e-mail address");
  EXPECT_TRUE(mail.text.starts_with("Somebody, hopefully you,")) << mail.text;
  EXPECT_TRUE(mail.text.ends_with(".\n")) << mail.text;
}

}  // namespace
}  // namespace latchkey::test
