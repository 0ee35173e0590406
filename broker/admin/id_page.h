// One page of a list by descending ids, as the routes of merges and webhooks answer it. Its cursor
// is what wanted_place() (form.h) reads.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "broker/admin/cursor.h"
#include "broker/http/message.h"

namespace latchkey::broker::admin {

inline constexpr int kPageSize = 50;

// {"results": […], "next"}. `rows` holds one more than a page when there is a next one; each is
// written by `write(json, row)`.
template <class Row, class Write>
http::Response id_page(std::vector<Row> rows, const Write& write) {
  const bool more = rows.size() > kPageSize;
  if (more) rows.pop_back();
  JsonWriter json;
  json.begin_object().key("results").begin_array();
  for (const Row& row : rows) write(json, row);
  json.end_array().key("next");
  more ? json.value(make_cursor({std::to_string(rows.back().id)})) : json.null();
  json.end_object();
  return http::json_response(200, json);
}

}  // namespace latchkey::broker::admin
