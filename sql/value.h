// Parameters and results of statements, in PostgreSQL's binary format in both directions: no
// escapes, no time-zone or locale in between, and bytea stays bytes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

struct pg_result;

namespace latchkey::sql {

// The values for $1, $2, … in order.
//   Parameters().text(email.str()).int64(id).null()
class Parameters {
 public:
  Parameters& text(std::string_view value);
  Parameters& bytes(std::string_view value);  // bytea
  Parameters& int64(std::int64_t value);      // bigint
  Parameters& boolean(bool value);
  Parameters& timestamp(TimePoint value);  // timestamptz
  Parameters& null();
  Parameters& bytes_array(const std::vector<std::string>& values);    // bytea[]
  Parameters& int64_array(const std::vector<std::int64_t>& values);   // bigint[]
  Parameters& timestamp_array(const std::vector<TimePoint>& values);  // timestamptz[]
  Parameters& optional_text(const std::optional<std::string>& value);
  Parameters& optional_timestamp(const std::optional<TimePoint>& value);
  Parameters& optional_int64(const std::optional<std::int64_t>& value);

  struct Value {
    std::string data;
    bool is_null = false;
    unsigned type = 0;  // type OID; 0 lets the server infer it
  };
  [[nodiscard]] const std::vector<Value>& values() const { return values_; }

 private:
  Parameters& add(std::string data, unsigned type);
  std::vector<Value> values_;
};

// One row of a result. Columns are counted from 0. A getter of the wrong type, or of a NULL through
// a non-optional getter, throws std::logic_error: statement and reader stand side by side, so it is
// a bug in this repository.
class Row {
 public:
  Row(const pg_result* result, int row) : result_(result), row_(row) {}

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::string text(int column) const;    // text, varchar, name
  [[nodiscard]] std::string bytes(int column) const;   // bytea
  [[nodiscard]] std::int64_t int64(int column) const;  // bigint or integer
  [[nodiscard]] bool boolean(int column) const;
  [[nodiscard]] TimePoint timestamp(int column) const;
  [[nodiscard]] std::optional<std::string> optional_text(int column) const;
  [[nodiscard]] std::optional<TimePoint> optional_timestamp(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_int64(int column) const;

 private:
  [[nodiscard]] std::string_view raw(int column, std::initializer_list<unsigned> types) const;
  const pg_result* result_;
  int row_;
};

class Rows {
 public:
  explicit Rows(std::shared_ptr<pg_result> result);

  [[nodiscard]] int size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] Row operator[](int row) const { return {result_.get(), row}; }
  // What `read` makes of each row, in order.
  template <class Read>
  [[nodiscard]] auto all(Read read) const {
    std::vector<decltype(read((*this)[0]))> values;
    values.reserve(static_cast<std::size_t>(size_));
    for (int row = 0; row < size_; ++row) values.push_back(read((*this)[row]));
    return values;
  }
  // Rows inserted, updated or deleted.
  [[nodiscard]] std::int64_t affected() const;

 private:
  std::shared_ptr<pg_result> result_;
  int size_;
};

}  // namespace latchkey::sql
