// The table reads like DESIGN section 6.
#include "broker/link_policy.h"

#include <gtest/gtest.h>

namespace latchkey::broker {
namespace {

constexpr sql::UserId kMe = 1;
constexpr sql::UserId kSomebodyElse = 2;

constexpr LocalAccount kVerified{.email_verified = true};
constexpr LocalAccount kUnverified{.email_verified = false};
constexpr LocalAccount kUnverifiedStaff{.email_verified = false, .is_staff = true};
constexpr LocalAccount kSurvivor{.email_verified = true, .by_merge = true};
constexpr LocalAccount kSurvivorOfUnverified{.email_verified = false, .by_merge = true};
constexpr LocalAccount kDisabledSurvivor{
    .email_verified = true, .disabled = true, .by_merge = true};
constexpr LocalAccount kStaffSurvivor{.email_verified = true, .is_staff = true, .by_merge = true};
constexpr LocalAccount kDisabled{.email_verified = true, .disabled = true};

struct Row {
  const char* name;
  LinkQuestion question;
  LinkDecision decision;
};

// For the test's name in ctest.
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

const Row kTable[] = {
    {"KnownIdentityOfActiveOwner",
     {.owner = IdentityOwner{.user_id = kMe}, .email = EmailStanding::none},
     LinkDecision::sign_in},
    {"KnownIdentityIgnoresAnEmailThatNowIsAnothers",
     {.owner = IdentityOwner{.user_id = kMe},
      .email = EmailStanding::authoritative,
      .account = kVerified},
     LinkDecision::sign_in},
    {"KnownIdentityOfDisabledOwner",
     {.owner = IdentityOwner{.user_id = kMe, .disabled = true}},
     LinkDecision::refuse_disabled},

    {"ConnectUnknownIdentity",
     {.intent = Intent::connect, .current_user = kMe, .email = EmailStanding::none},
     LinkDecision::connect},
    {"ConnectIgnoresTheEmail",
     {.intent = Intent::connect,
      .current_user = kMe,
      .email = EmailStanding::authoritative,
      .account = kDisabled},
     LinkDecision::connect},
    {"ConnectWhatIsConnected",
     {.intent = Intent::connect, .owner = IdentityOwner{.user_id = kMe}, .current_user = kMe},
     LinkDecision::already_connected},
    {"ConnectWhatIsAnothers",
     {.intent = Intent::connect,
      .owner = IdentityOwner{.user_id = kSomebodyElse},
      .current_user = kMe},
     LinkDecision::refuse_identity_in_use},

    {"PreauthorisedAddressNeedNotBeAuthoritative",
     {.email = EmailStanding::verified, .account = kVerified, .preauthorised = true},
     LinkDecision::link_preauthorised},
    {"PreauthorisedAddressNeverClaims",
     {.email = EmailStanding::authoritative, .account = kUnverified, .preauthorised = true},
     LinkDecision::link_preauthorised},
    {"PreauthorisedForADisabledAccount",
     {.email = EmailStanding::verified, .account = kDisabled, .preauthorised = true},
     LinkDecision::refuse_disabled},
    {"KnownIdentityIsNobodyElsesByPreauthorisation",
     {.owner = IdentityOwner{.user_id = kMe},
      .email = EmailStanding::verified,
      .account = kVerified,
      .preauthorised = true},
     LinkDecision::sign_in},

    {"AddressOfAMergedUserLeadsToTheSurvivor",
     {.email = EmailStanding::authoritative, .account = kSurvivor},
     LinkDecision::link_merged},
    {"AddressOfAMergedUserIsTheOwnersToVouchFor",
     {.email = EmailStanding::verified, .account = kSurvivor},
     LinkDecision::refuse_disabled},
    {"UnverifiedAddressOfAMergedUserLeadsNowhere",
     {.email = EmailStanding::unverified, .account = kSurvivor},
     LinkDecision::refuse_disabled},
    {"AddressThatAMergedUserNeverProvedLeadsNowhere",
     {.email = EmailStanding::authoritative, .account = kSurvivorOfUnverified},
     LinkDecision::refuse_disabled},
    {"AddressOfAMergedUserWithADisabledSurvivor",
     {.email = EmailStanding::authoritative, .account = kDisabledSurvivor},
     LinkDecision::refuse_disabled},
    {"AddressOfAMergedUserMakesNobodyStaff",
     {.email = EmailStanding::authoritative, .account = kStaffSurvivor},
     LinkDecision::refuse_disabled},

    {"AuthoritativeMeetsVerified",
     {.email = EmailStanding::authoritative, .account = kVerified},
     LinkDecision::link},
    {"AuthoritativeMeetsUnverified",
     {.email = EmailStanding::authoritative, .account = kUnverified},
     LinkDecision::claim},
    {"AuthoritativeMeetsUnverifiedStaff",
     {.email = EmailStanding::authoritative, .account = kUnverifiedStaff},
     LinkDecision::refuse_unverified_staff},
    {"AuthoritativeMeetsDisabled",
     {.email = EmailStanding::authoritative, .account = kDisabled},
     LinkDecision::refuse_disabled},
    {"AuthoritativeIsNew", {.email = EmailStanding::authoritative}, LinkDecision::create},

    {"VerifiedMeetsVerified",
     {.email = EmailStanding::verified, .account = kVerified},
     LinkDecision::pend_account_exists},
    {"VerifiedMeetsUnverified",
     {.email = EmailStanding::verified, .account = kUnverified},
     LinkDecision::pend_account_exists},
    {"VerifiedMeetsDisabled",
     {.email = EmailStanding::verified, .account = kDisabled},
     LinkDecision::refuse_disabled},
    {"VerifiedIsNew", {.email = EmailStanding::verified}, LinkDecision::create},

    {"UnverifiedMeetsVerified",
     {.email = EmailStanding::unverified, .account = kVerified},
     LinkDecision::pend_email_unverified},
    {"UnverifiedMeetsUnverified",
     {.email = EmailStanding::unverified, .account = kUnverified},
     LinkDecision::pend_email_unverified},
    {"UnverifiedMeetsDisabled",
     {.email = EmailStanding::unverified, .account = kDisabled},
     LinkDecision::refuse_disabled},
    {"UnverifiedIsNew", {.email = EmailStanding::unverified}, LinkDecision::pend_email_unverified},

    {"NoEmail", {.email = EmailStanding::none}, LinkDecision::pend_email_missing},

    {"SignupClosedRefusesNewcomers",
     {.email = EmailStanding::authoritative, .signup_open = false},
     LinkDecision::refuse_signup_closed},
    {"SignupClosedStillLinks",
     {.email = EmailStanding::authoritative, .account = kVerified, .signup_open = false},
     LinkDecision::link},
    {"SignupClosedDoesNotTellWhetherAnUnverifiedAddressIsKnown",
     {.email = EmailStanding::unverified, .signup_open = false},
     LinkDecision::pend_email_unverified},

    {"CodeOfANewAddress", {.proof = Proof::mailed_code}, LinkDecision::create},
    {"CodeOfANewAddressWithSignupClosed",
     {.proof = Proof::mailed_code, .signup_open = false},
     LinkDecision::refuse_signup_closed},
    {"CodeMeetsVerified", {.proof = Proof::mailed_code, .account = kVerified}, LinkDecision::link},
    {"CodeMeetsVerifiedWithSignupClosed",
     {.proof = Proof::mailed_code, .account = kVerified, .signup_open = false},
     LinkDecision::link},
    {"CodeMeetsUnverified",
     {.proof = Proof::mailed_code, .account = kUnverified},
     LinkDecision::claim},
    {"CodeMeetsUnverifiedStaff",
     {.proof = Proof::mailed_code, .account = kUnverifiedStaff},
     LinkDecision::refuse_unverified_staff},
    {"CodeMeetsDisabled",
     {.proof = Proof::mailed_code, .account = kDisabled},
     LinkDecision::refuse_disabled},
    {"CodeForAnIdentityThatIsKnownByNow",
     {.owner = IdentityOwner{.user_id = kMe}, .proof = Proof::mailed_code, .account = kUnverified},
     LinkDecision::sign_in},
    {"CodeForAnIdentityOfADisabledOwner",
     {.owner = IdentityOwner{.user_id = kMe, .disabled = true}, .proof = Proof::mailed_code},
     LinkDecision::refuse_disabled},
    {"PasswordMeetsVerified",
     {.email = EmailStanding::verified, .proof = Proof::password, .account = kVerified},
     LinkDecision::link},
    {"PasswordMeetsUnverified",
     {.email = EmailStanding::verified, .proof = Proof::password, .account = kUnverified},
     LinkDecision::refuse_unverified_account},
    {"PasswordMeetsDisabled",
     {.email = EmailStanding::verified, .proof = Proof::password, .account = kDisabled},
     LinkDecision::refuse_disabled},
    {"PasswordOfAnAccountThatIsGone",
     {.email = EmailStanding::verified, .proof = Proof::password},
     LinkDecision::refuse_unverified_account},
};

class LinkPolicy : public testing::TestWithParam<Row> {};

TEST_P(LinkPolicy, Decides) { EXPECT_EQ(decide(GetParam().question), GetParam().decision); }

INSTANTIATE_TEST_SUITE_P(Table, LinkPolicy, testing::ValuesIn(kTable),
                         [](const auto& row) { return std::string(row.param.name); });

constexpr LinkDecision kAll[] = {LinkDecision::sign_in,
                                 LinkDecision::connect,
                                 LinkDecision::already_connected,
                                 LinkDecision::link,
                                 LinkDecision::claim,
                                 LinkDecision::create,
                                 LinkDecision::pend_email_missing,
                                 LinkDecision::pend_email_unverified,
                                 LinkDecision::pend_account_exists,
                                 LinkDecision::refuse_disabled,
                                 LinkDecision::refuse_identity_in_use,
                                 LinkDecision::refuse_unverified_staff,
                                 LinkDecision::refuse_unverified_account,
                                 LinkDecision::refuse_signup_closed};

TEST(LinkPolicyReasons, EveryDecisionHasOneForTheAuditLog) {
  for (const LinkDecision decision : kAll) EXPECT_FALSE(reason(decision).empty());
}

TEST(LinkPolicyReasons, SayWhatWasProven) {
  for (const LinkDecision decision :
       {LinkDecision::link, LinkDecision::claim, LinkDecision::create}) {
    EXPECT_NE(reason(decision, Proof::mailed_code), reason(decision));
  }
  EXPECT_NE(reason(LinkDecision::link, Proof::password),
            reason(LinkDecision::link, Proof::mailed_code));
  EXPECT_EQ(reason(LinkDecision::refuse_disabled, Proof::mailed_code),
            reason(LinkDecision::refuse_disabled));
}

TEST(LinkPolicyReasons, OnlyRefusalsHaveAnErrorCode) {
  for (const LinkDecision decision : kAll) {
    EXPECT_EQ(refusal(decision).has_value(), reason(decision).starts_with("refused"));
  }
}

}  // namespace
}  // namespace latchkey::broker
