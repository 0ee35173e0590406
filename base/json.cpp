#include "base/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "base/encoding.h"

namespace latchkey {
namespace {

constexpr int kMaxDepth = 32;
// Numbers arrive as text and are converted here: RapidJSON's own arithmetic overflows on exponents
// that an attacker chooses (CVE-2024-38517), and turns big integers into doubles.
constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag |
                                 rapidjson::kParseValidateEncodingFlag |
                                 rapidjson::kParseNumbersAsStringsFlag;

rapidjson::SizeType size_of(std::string_view text) {
  return static_cast<rapidjson::SizeType>(text.size());
}

// Stands between the reader and the document that it fills: bounds the depth, because copying and
// destroying a deep value recurses, and decides what a number is.
class Guard {
 public:
  explicit Guard(rapidjson::Document& document) : document_(document) {}

  bool Null() { return document_.Null(); }
  bool Bool(bool value) { return document_.Bool(value); }
  bool String(const char* text, rapidjson::SizeType length, bool copy) {
    return document_.String(text, length, copy);
  }
  bool Key(const char* text, rapidjson::SizeType length, bool copy) {
    return document_.Key(text, length, copy);
  }
  bool StartObject() { return deeper() && document_.StartObject(); }
  bool EndObject(rapidjson::SizeType members) {
    --depth_;
    return document_.EndObject(members);
  }
  bool StartArray() { return deeper() && document_.StartArray(); }
  bool EndArray(rapidjson::SizeType elements) {
    --depth_;
    return document_.EndArray(elements);
  }

  // The reader has checked the grammar of RFC 8259 section 6.
  bool RawNumber(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    const char* const end = text + length;
    if (std::int64_t integer = 0; consumed(std::from_chars(text, end, integer), end)) {
      return document_.Int64(integer);
    }
    if (double fraction = 0; consumed(std::from_chars(text, end, fraction), end)) {
      return document_.Double(fraction);
    }
    return refuse("number out of range");
  }

  // The reader's interface names these; with kParseNumbersAsStringsFlag it never calls them.
  bool Int(int value) { return document_.Int(value); }
  bool Uint(unsigned value) { return document_.Uint(value); }
  bool Int64(std::int64_t value) { return document_.Int64(value); }
  bool Uint64(std::uint64_t value) { return document_.Uint64(value); }
  bool Double(double value) { return document_.Double(value); }

  // Why this guard, and not the reader's grammar, stopped the parse; empty if it did not.
  [[nodiscard]] std::string_view refusal() const { return refusal_; }

 private:
  static bool consumed(std::from_chars_result result, const char* end) {
    return result.ec == std::errc() && result.ptr == end;
  }
  bool deeper() { return ++depth_ <= kMaxDepth || refuse("nested too deeply"); }
  bool refuse(std::string_view why) {
    refusal_ = why;
    return false;
  }

  rapidjson::Document& document_;
  std::string_view refusal_;
  int depth_ = 0;
};

std::string_view name_of(const rapidjson::Value::Member& member) {
  return {member.name.GetString(), member.name.GetStringLength()};
}

bool object_has_duplicates(const rapidjson::Value& object) {
  std::vector<std::string_view> names;
  names.reserve(object.MemberCount());
  for (const auto& member : object.GetObject()) names.push_back(name_of(member));
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// Two readers of `{"sub":"1","sub":"2"}` may see different people. A parse that succeeded has
// bounded the depth of this recursion.
bool has_duplicates(const rapidjson::Value& value) {
  if (value.IsArray()) {
    const auto items = value.GetArray();
    return std::any_of(items.begin(), items.end(), has_duplicates);
  }
  if (!value.IsObject()) return false;
  const auto members = value.GetObject();
  return object_has_duplicates(value) ||
         std::any_of(members.begin(), members.end(),
                     [](const auto& member) { return has_duplicates(member.value); });
}

}  // namespace

Result<JsonDocument> JsonDocument::parse(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return fail(ErrorCode::malformed_json,
                "JSON longer than " + std::to_string(max_bytes) + " bytes");
  }
  auto document = std::make_unique<rapidjson::Document>();
  Guard guard(*document);
  rapidjson::Reader reader;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::ParseResult result;
  const auto generate = [&](rapidjson::Document& /*filled through guard*/) {
    result = reader.Parse<kParseFlags>(stream, guard);
    return !result.IsError();
  };
  document->Populate(generate);

  if (result.IsError()) {
    const std::string_view why =
        guard.refusal().empty() ? rapidjson::GetParseError_En(result.Code()) : guard.refusal();
    return fail(ErrorCode::malformed_json,
                std::string(why) + " at byte " + std::to_string(result.Offset()));
  }
  // RapidJSON takes a raw NUL for the end and would ignore what follows it.
  if (stream.Tell() != text.size()) {
    return fail(ErrorCode::malformed_json,
                "NUL behind the value at byte " + std::to_string(stream.Tell()));
  }
  if (has_duplicates(*document)) return fail(ErrorCode::malformed_json, "duplicate key");

  JsonDocument parsed;
  parsed.document_ = std::move(document);
  return parsed;
}

JsonView JsonView::operator[](std::string_view key) const {
  if (!is_object()) return {};
  for (const auto& member : value_->GetObject()) {
    if (name_of(member) == key) return JsonView(&member.value);
  }
  return {};
}

std::optional<std::string_view> JsonView::string() const {
  if (value_ == nullptr || !value_->IsString()) return std::nullopt;
  return std::string_view(value_->GetString(), value_->GetStringLength());
}

std::optional<bool> JsonView::boolean() const {
  if (value_ == nullptr || !value_->IsBool()) return std::nullopt;
  return value_->GetBool();
}

std::optional<std::int64_t> JsonView::integer() const {
  if (value_ == nullptr || !value_->IsInt64()) return std::nullopt;
  return value_->GetInt64();
}

std::optional<double> JsonView::number() const {
  if (value_ == nullptr || !value_->IsNumber()) return std::nullopt;
  return value_->GetDouble();
}

std::vector<JsonView> JsonView::items() const {
  std::vector<JsonView> out;
  if (!is_array()) return out;
  out.reserve(value_->Size());
  for (const rapidjson::Value& item : value_->GetArray()) out.emplace_back(&item);
  return out;
}

std::vector<std::pair<std::string_view, JsonView>> JsonView::members() const {
  std::vector<std::pair<std::string_view, JsonView>> out;
  if (!is_object()) return out;
  out.reserve(value_->MemberCount());
  for (const auto& member : value_->GetObject()) {
    out.emplace_back(name_of(member), JsonView(&member.value));
  }
  return out;
}

bool is_verbatim_json(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
}

JsonWriter& JsonWriter::begin_object() {
  writer_.StartObject();
  return *this;
}
JsonWriter& JsonWriter::end_object() {
  writer_.EndObject();
  return *this;
}
JsonWriter& JsonWriter::begin_array() {
  writer_.StartArray();
  return *this;
}
JsonWriter& JsonWriter::end_array() {
  writer_.EndArray();
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) { return value(name); }

JsonWriter& JsonWriter::value(std::string_view text) {
  // Most text is short and has nothing to escape or to mend: then it is copied as it is, quoted.
  std::array<char, 256> quoted;
  if (text.size() + 2 <= quoted.size() && is_verbatim_json(text)) {
    quoted[0] = '"';
    std::copy(text.begin(), text.end(), quoted.begin() + 1);
    quoted[text.size() + 1] = '"';
    writer_.RawValue(quoted.data(), text.size() + 2, rapidjson::kStringType);
    return *this;
  }
  const std::string valid = to_valid_utf8(text);
  writer_.String(valid.data(), size_of(valid));
  return *this;
}

JsonWriter& JsonWriter::value(bool boolean) {
  writer_.Bool(boolean);
  return *this;
}

JsonWriter& JsonWriter::value(std::int64_t number) {
  writer_.Int64(number);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  // JSON has no NaN and no infinity.
  if (!std::isfinite(number)) return null();
  writer_.Double(number);
  return *this;
}

JsonWriter& JsonWriter::null() {
  writer_.Null();
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  writer_.RawValue(json.data(), json.size(), rapidjson::kNullType);
  return *this;
}

}  // namespace latchkey
