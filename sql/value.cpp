#include "sql/value.h"

#include <charconv>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <libpq-fe.h>

#include "sql/types.h"

namespace latchkey::sql {
namespace {

// timestamptz counts microseconds from 2000-01-01 UTC.
constexpr TimePoint kPostgresEpoch =
    std::chrono::sys_days{std::chrono::year{2000} / std::chrono::January / 1};
constexpr std::int64_t kEpochOffset = kPostgresEpoch.time_since_epoch().count();

template <class Integer>
void append_big_endian(std::string& out, Integer value) {
  for (int shift = (static_cast<int>(sizeof(value)) - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

template <class Integer>
Integer read_big_endian(std::string_view bytes) {
  if (bytes.size() != sizeof(Integer)) {
    throw std::logic_error("a column has an unexpected width");
  }
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<Integer>(value);
}

std::string int64_bytes(std::int64_t value) {
  std::string out;
  append_big_endian(out, value);
  return out;
}

// The ends of the range stand for PostgreSQL's -infinity and infinity, so neither overflows.
std::string timestamp_bytes(TimePoint value) {
  const std::int64_t unix_micros = value.time_since_epoch().count();
  if (value == TimePoint::max()) return int64_bytes(unix_micros);
  if (unix_micros < INT64_MIN + kEpochOffset) return int64_bytes(INT64_MIN);
  return int64_bytes(unix_micros - kEpochOffset);
}

TimePoint timestamp_value(std::int64_t postgres_micros) {
  if (postgres_micros == INT64_MIN) return TimePoint::min();
  if (postgres_micros > INT64_MAX - kEpochOffset) return TimePoint::max();
  return TimePoint(Duration(postgres_micros + kEpochOffset));
}

// One dimension, no NULLs: dimensions, flags, element type, length, lower bound, then each
// element behind its length (array_send in PostgreSQL).
template <class Items, class ToBytes>
std::string array_bytes(const Items& items, unsigned element_type, ToBytes to_bytes) {
  std::string out;
  append_big_endian<std::int32_t>(out, items.empty() ? 0 : 1);
  append_big_endian<std::int32_t>(out, 0);
  append_big_endian<std::uint32_t>(out, element_type);
  if (items.empty()) return out;
  append_big_endian(out, static_cast<std::int32_t>(items.size()));
  append_big_endian<std::int32_t>(out, 1);
  for (const auto& item : items) {
    const std::string bytes = to_bytes(item);
    append_big_endian(out, static_cast<std::int32_t>(bytes.size()));
    out += bytes;
  }
  return out;
}

}  // namespace

Parameters& Parameters::add(std::string data, unsigned type) {
  values_.push_back({.data = std::move(data), .is_null = false, .type = type});
  return *this;
}

Parameters& Parameters::text(std::string_view value) {
  return add(std::string(value), type::kText);
}

Parameters& Parameters::bytes(std::string_view value) {
  return add(std::string(value), type::kBytea);
}

Parameters& Parameters::int64(std::int64_t value) { return add(int64_bytes(value), type::kInt8); }

Parameters& Parameters::boolean(bool value) {
  return add(std::string(1, value ? '\1' : '\0'), type::kBool);
}

Parameters& Parameters::timestamp(TimePoint value) {
  return add(timestamp_bytes(value), type::kTimestamptz);
}

Parameters& Parameters::null() {
  values_.push_back({.data = {}, .is_null = true, .type = 0});
  return *this;
}

Parameters& Parameters::bytes_array(const std::vector<std::string>& values) {
  return add(array_bytes(values, type::kBytea, [](const std::string& v) { return v; }),
             type::kByteaArray);
}

Parameters& Parameters::int64_array(const std::vector<std::int64_t>& values) {
  return add(array_bytes(values, type::kInt8, int64_bytes), type::kInt8Array);
}

Parameters& Parameters::timestamp_array(const std::vector<TimePoint>& values) {
  return add(array_bytes(values, type::kTimestamptz, timestamp_bytes), type::kTimestamptzArray);
}

// A typed NULL: the statement is prepared with the types of its first use.
Parameters& Parameters::optional_text(const std::optional<std::string>& value) {
  if (value) return text(*value);
  values_.push_back({.data = {}, .is_null = true, .type = type::kText});
  return *this;
}

Parameters& Parameters::optional_timestamp(const std::optional<TimePoint>& value) {
  if (value) return timestamp(*value);
  values_.push_back({.data = {}, .is_null = true, .type = type::kTimestamptz});
  return *this;
}

Parameters& Parameters::optional_int64(const std::optional<std::int64_t>& value) {
  if (value) return int64(*value);
  values_.push_back({.data = {}, .is_null = true, .type = type::kInt8});
  return *this;
}

bool Row::is_null(int column) const {
  if (column < 0 || column >= PQnfields(result_)) {
    throw std::logic_error("no column " + std::to_string(column));
  }
  return PQgetisnull(result_, row_, column) != 0;
}

std::string_view Row::raw(int column, std::initializer_list<unsigned> types) const {
  if (is_null(column)) {
    throw std::logic_error("column " + std::to_string(column) + " is NULL");
  }
  const unsigned actual = PQftype(result_, column);
  for (const unsigned type : types) {
    if (type == actual) {
      return {PQgetvalue(result_, row_, column),
              static_cast<std::size_t>(PQgetlength(result_, row_, column))};
    }
  }
  throw std::logic_error("column " + std::to_string(column) + " has type " +
                         std::to_string(actual));
}

std::string Row::text(int column) const {
  return std::string(raw(column, {type::kText, type::kVarchar, type::kName}));
}

std::string Row::bytes(int column) const { return std::string(raw(column, {type::kBytea})); }

std::int64_t Row::int64(int column) const {
  const std::string_view bytes = raw(column, {type::kInt8, type::kInt4});
  if (bytes.size() == sizeof(std::int32_t)) return read_big_endian<std::int32_t>(bytes);
  return read_big_endian<std::int64_t>(bytes);
}

bool Row::boolean(int column) const {
  return raw(column, {type::kBool}) != std::string_view("\0", 1);
}

TimePoint Row::timestamp(int column) const {
  return timestamp_value(read_big_endian<std::int64_t>(raw(column, {type::kTimestamptz})));
}

std::optional<std::string> Row::optional_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

std::optional<TimePoint> Row::optional_timestamp(int column) const {
  if (is_null(column)) return std::nullopt;
  return timestamp(column);
}

std::optional<std::int64_t> Row::optional_int64(int column) const {
  if (is_null(column)) return std::nullopt;
  return int64(column);
}

Rows::Rows(std::shared_ptr<pg_result> result)
    : result_(std::move(result)), size_(PQntuples(result_.get())) {}

std::int64_t Rows::affected() const {
  const char* count = PQcmdTuples(result_.get());
  std::int64_t value = 0;
  std::from_chars(count, count + std::strlen(count), value);  // empty, so 0, for DDL
  return value;
}

}  // namespace latchkey::sql
