#include "base/json.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using namespace std::string_view_literals;

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

bool accepted(std::string_view text) { return JsonDocument::parse(text).has_value(); }

// The refusal's detail, or "accepted".
std::string refusal(std::string_view text, std::size_t max_bytes = 1024 * 1024) {
  const auto document = JsonDocument::parse(text, max_bytes);
  if (document) return "accepted";
  EXPECT_EQ(document.error().code, ErrorCode::malformed_json);
  return document.error().detail;
}

// A view may only be read while its document lives.
template <class Read>
auto read(std::string_view text, Read reader) {
  const auto document = JsonDocument::parse(text);
  EXPECT_TRUE(document) << text;
  return reader(document ? document->root() : JsonView());
}

std::optional<std::int64_t> integer(std::string_view text) {
  return read(text, [](JsonView root) { return root.integer(); });
}
std::optional<double> number(std::string_view text) {
  return read(text, [](JsonView root) { return root.number(); });
}

TEST(Json, ReadsValuesOfEveryType) {
  const auto document = JsonDocument::parse(
      R"( {"s":"caf\u00e9","t":true,"n":null,"i":-5,"d":1.5,"a":[1,"x"],"o":{"k":"v"},"":0} )");
  ASSERT_TRUE(document);
  const JsonView root = document->root();
  EXPECT_EQ(root["s"].string(), "caf\xc3\xa9");
  EXPECT_EQ(root["t"].boolean(), true);
  EXPECT_TRUE(root["n"].is_null());
  EXPECT_EQ(root["i"].integer(), -5);
  EXPECT_EQ(root["d"].number(), 1.5);
  ASSERT_EQ(root["a"].items().size(), 2U);
  EXPECT_EQ(root["a"].items()[1].string(), "x");
  EXPECT_EQ(root["o"]["k"].string(), "v");
  EXPECT_EQ(root[""].integer(), 0);
  EXPECT_EQ(root[std::string_view()].integer(), 0);
  ASSERT_EQ(root.members().size(), 8U);
  EXPECT_EQ(root.members()[0].first, "s");
}

TEST(Json, WrongTypesAnswerNothingInsteadOfCrashing) {
  for (const char* text : {"null", "true", "7", "1.5", "\"s\"", "[]", "{}"}) {
    read(text, [text](JsonView root) {
      const int answers = (root.string() ? 1 : 0) + (root.boolean() ? 1 : 0) +
                          (root.integer() ? 1 : 0) + (root.is_array() ? 1 : 0) +
                          (root.is_object() ? 1 : 0) + (root.is_null() ? 1 : 0);
      EXPECT_LE(answers, 1) << text;
      EXPECT_FALSE(root["data"]["app_id"].exists());
      EXPECT_TRUE(root.items().empty());
      EXPECT_TRUE(root.members().empty());
      return 0;
    });
  }
}

TEST(Json, AbsentMembersAnswerNothing) {
  const JsonView absent;
  EXPECT_FALSE(absent.exists());
  EXPECT_FALSE(absent.is_null());
  EXPECT_FALSE(absent["a"]["b"].string());
  EXPECT_FALSE(absent.boolean() || absent.integer() || absent.number());
}

TEST(Json, IntegersAreExact) {
  EXPECT_EQ(integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(integer("0"), 0);
  EXPECT_EQ(integer("-0"), 0);
}

TEST(Json, RoundedIntegersAreRefused) {
  for (const char* text : {"1.0", "1e3", "1E0", "9223372036854775808", "-9223372036854775809",
                           "18446744073709551615", "123456789012345678901234567890", "0.0"}) {
    EXPECT_EQ(integer(text), std::nullopt) << text;
  }
}

TEST(Json, NumbersMayHaveFractions) {
  EXPECT_EQ(number("1700000000"), 1700000000.0);
  EXPECT_EQ(number("1700000000.25"), 1700000000.25);
  EXPECT_EQ(number("1e3"), 1000.0);
  EXPECT_EQ(number("-2.5e-1"), -0.25);
  EXPECT_EQ(number("9223372036854775808"), 9223372036854775808.0);
}

TEST(Json, NumbersOutOfRangeAreRefused) {
  EXPECT_NE(refusal("1e309"), "accepted");
  EXPECT_NE(refusal("17976931348623157000e300"), "accepted");
  EXPECT_NE(refusal("1e999999999999999999999"), "accepted");
}

// CVE-2024-38517: the exponent less the digits of the fraction leaves the range of int.
TEST(Json, ExponentUnderflowIsRefused) {
  EXPECT_EQ(refusal("0." + std::string(64, '0') + "1e-2147483639"),
            "number out of range at byte 0");
  EXPECT_NE(refusal("[1e-99999999999999999999]"), "accepted");
}

TEST(Json, GrammarOfNumbersIsHeld) {
  for (const char* text :
       {"+1", "01", ".5", "1.", "1e", "-", "0x1", "NaN", "Infinity", "-Infinity", "nan", "1_0"}) {
    EXPECT_FALSE(accepted(text)) << text;
  }
}

TEST(Json, DuplicateKeysAreRefused) {
  EXPECT_EQ(refusal(R"({"sub":"1","sub":"2"})"), "duplicate key");
  EXPECT_EQ(refusal(R"([{"a":{"sub":1,"x":2,"sub":1}}])"), "duplicate key");
  EXPECT_EQ(refusal(R"({"sub":"1","s\u0075b":"2"})"), "duplicate key");
  EXPECT_EQ(refusal(R"({"":1,"":2})"), "duplicate key");
  EXPECT_TRUE(accepted(R"({"sub":1,"Sub":2,"a":{"sub":3},"b":[{"sub":4},{"sub":5}]})"));
  EXPECT_TRUE(accepted("{\"a\":1,\"a\\u0000\":2}"));
}

TEST(Json, DepthBombIsRefused) {
  EXPECT_TRUE(accepted(nested(32)));
  EXPECT_EQ(refusal(nested(33)), "nested too deeply at byte 32");
  EXPECT_NE(refusal(std::string(500'000, '[')), "accepted");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_NE(refusal(objects), "accepted");
}

TEST(Json, BreadthDoesNotCountAsDepth) {
  std::string text = "[";
  for (int i = 0; i < 1000; ++i) text += "[{}],";
  EXPECT_TRUE(accepted(text + "[]]"));
}

TEST(Json, TrailingNulAndGarbageIsRefused) {
  EXPECT_FALSE(accepted("{}\0"sv));
  EXPECT_FALSE(accepted("{}\0{\"admin\":true}"sv));
  EXPECT_FALSE(accepted("\0{}"sv));
  EXPECT_FALSE(accepted("{}{}"));
  EXPECT_FALSE(accepted("{} x"));
  EXPECT_FALSE(accepted("1 2"));
  EXPECT_TRUE(accepted(" {} \r\n\t"));
}

TEST(Json, RawNulInAStringIsRefusedAndAnEscapedOneIsKept) {
  EXPECT_FALSE(accepted("\"a\0b\""sv));
  const auto text =
      read("\"a\\u0000b\"", [](JsonView root) { return std::string(root.string().value_or("")); });
  EXPECT_EQ(text, "a\0b"sv);
}

TEST(Json, InvalidUtf8IsRefused) {
  EXPECT_FALSE(accepted("\"\xff\""));
  EXPECT_FALSE(accepted("\"\xc0\xaf\""));
  EXPECT_FALSE(accepted("\"\xed\xa0\x80\""));
  EXPECT_FALSE(accepted("\"\xe2\x82\""));
  EXPECT_FALSE(accepted("{\"\xff\":1}"));
  EXPECT_FALSE(accepted("\"\\ud800\""));
  EXPECT_FALSE(accepted("\xef\xbb\xbf{}"));  // byte order mark
}

TEST(Json, ExtensionsOfOtherParsersAreRefused) {
  for (const char* text : {"", " ", "{'a':1}", "{a:1}", "[1,]", "{\"a\":1,}", "/*x*/{}", "{}//x",
                           "\"\n\"", "\"\\x41\"", "\"abc", "[", "{\"a\"", "tru", "nul", "True"}) {
    EXPECT_FALSE(accepted(text)) << text;
  }
}

TEST(Json, OversizedTextIsRefusedBeforeParsing) {
  EXPECT_EQ(refusal("[1,2,3]", 7), "accepted");
  EXPECT_EQ(refusal("[1,2,3]", 6), "JSON longer than 6 bytes");
}

TEST(Json, RefusalsDoNotQuoteTheText) {
  EXPECT_EQ(refusal(R"({"access_token":"s3cret",)").find("s3cret"), std::string::npos);
}

TEST(Json, DocumentsSurviveBeingMoved) {
  auto first = JsonDocument::parse(R"({"a":"b"})");
  ASSERT_TRUE(first);
  const JsonDocument second = *std::move(first);
  EXPECT_EQ(second.root()["a"].string(), "b");
}

TEST(JsonWriter, WritesCompactJson) {
  JsonWriter writer;
  writer.begin_object()
      .field("detail", "Success")
      .field("count", 3)
      .field("big", std::int64_t{9007199254740993})
      .field("half", 0.5)
      .field("ok", true)
      .field("none", std::optional<std::string>())
      .field("some", std::optional<std::string>("x"))
      .key("list")
      .begin_array()
      .value(std::string("a"))
      .null()
      .raw(R"({"k":1})")
      .end_array()
      .end_object();
  EXPECT_EQ(writer.text(),
            R"({"detail":"Success","count":3,"big":9007199254740993,"half":0.5,"ok":true,)"
            R"("none":null,"some":"x","list":["a",null,{"k":1}]})");
}

TEST(JsonWriter, HostileStringsStayInsideTheirQuotes) {
  JsonWriter writer;
  writer.value("\",\"admin\":true,\"\n\0\\"sv);
  EXPECT_EQ(writer.text(), R"("\",\"admin\":true,\"\n\u0000\\")");
}

TEST(JsonWriter, BadUtf8IsReplaced) {
  JsonWriter writer;
  writer.begin_object().field("\xff", "a\xc0\xaf").end_object();
  EXPECT_EQ(writer.text(), "{\"\xef\xbf\xbd\":\"a\xef\xbf\xbd\xef\xbf\xbd\"}");
}

TEST(JsonWriter, EmptyViewsAreEmptyStrings) {
  JsonWriter writer;
  writer.value(std::string_view());
  EXPECT_EQ(writer.text(), R"("")");
}

TEST(JsonWriter, NotANumberIsNull) {
  JsonWriter writer;
  writer.begin_array()
      .value(std::numeric_limits<double>::quiet_NaN())
      .value(std::numeric_limits<double>::infinity())
      .end_array();
  EXPECT_EQ(writer.text(), "[null,null]");
}

}  // namespace
}  // namespace latchkey
