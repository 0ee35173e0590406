// JSON from outside is hostile until it is read here: size checked, parsed iteratively, at most 32
// deep, valid UTF-8, no duplicate keys, nothing behind the value (DESIGN section 10). JsonView's
// getters check the type first, because RapidJSON's asserts would be remote crashes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/error.h"

namespace latchkey {

// A borrowed value inside a JsonDocument. A view of something absent answers nullopt to everything,
// so chains like doc.root()["data"]["app_id"].string() need no checks between.
class JsonView {
 public:
  JsonView() = default;
  explicit JsonView(const rapidjson::Value* value) : value_(value) {}

  [[nodiscard]] bool exists() const { return value_ != nullptr; }
  [[nodiscard]] bool is_null() const { return value_ != nullptr && value_->IsNull(); }
  [[nodiscard]] bool is_object() const { return value_ != nullptr && value_->IsObject(); }
  [[nodiscard]] bool is_array() const { return value_ != nullptr && value_->IsArray(); }

  [[nodiscard]] JsonView operator[](std::string_view key) const;
  [[nodiscard]] std::optional<std::string_view> string() const;
  [[nodiscard]] std::optional<bool> boolean() const;
  // An exact integer: 1.0, 1e3 and numbers beyond 64 bits are refused.
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  // An integer or a fraction, e.g. a NumericDate (RFC 7519 section 2).
  [[nodiscard]] std::optional<double> number() const;
  [[nodiscard]] std::vector<JsonView> items() const;  // empty unless an array
  [[nodiscard]] std::vector<std::pair<std::string_view, JsonView>> members() const;

 private:
  const rapidjson::Value* value_ = nullptr;
};

class JsonDocument {
 public:
  // Fails with malformed_json; the detail says where. `max_bytes` bounds the text.
  static Result<JsonDocument> parse(std::string_view text, std::size_t max_bytes = 256 * 1024);

  [[nodiscard]] JsonView root() const { return JsonView(document_.get()); }

 private:
  std::unique_ptr<rapidjson::Document> document_;
};

// Whether `text` stands between the quotes of a JSON string as it is: printable ASCII with nothing
// to escape (RFC 8259 section 7).
bool is_verbatim_json(std::string_view text);

// Writes compact JSON. Strings that are not UTF-8 have their bad bytes replaced by U+FFFD.
//   JsonWriter w; w.begin_object().field("detail", "Success").end_object(); w.text()
class JsonWriter {
 public:
  JsonWriter() : writer_(buffer_) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool boolean);
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
  JsonWriter& value(double number);
  JsonWriter& null();
  // Already valid JSON.
  JsonWriter& raw(std::string_view json);

  template <class T>
  JsonWriter& field(std::string_view name, const T& v) {
    key(name);
    return value(v);
  }
  // null when empty
  template <class T>
  JsonWriter& field(std::string_view name, const std::optional<T>& v) {
    key(name);
    return v ? value(*v) : null();
  }

  [[nodiscard]] std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace latchkey
