#include "broker/admin/user_finder.h"

#include <algorithm>
#include <limits>

#include "base/characters.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/try.h"
#include "broker/admin/cursor.h"

namespace latchkey::broker::admin {
namespace {

using sql::Outcome;
using sql::User;
using sql::UserId;

constexpr UserId kBehindAll = std::numeric_limits<UserId>::max();
constexpr int kMaxExact = 20;
constexpr std::size_t kMaxSearch = 254;
constexpr std::size_t kShortestPart = 3;  // characters: one trigram

// The ways in which a page is filled, in this order; a cursor begins with the letter.
enum class Way : char { email = 'e', name = 'n', part = 'p' };

// Where a search goes on.
struct Place {
  Way way = Way::email;
  std::string text;  // of email and name: the last one
  UserId id = 0;     // of name and part: the last one
};

std::string cursor_of(const Place& place) {
  return make_cursor(
      {std::string(1, static_cast<char>(place.way)), place.text, std::to_string(place.id)});
}

std::optional<Place> read_place(const std::string& cursor) {
  const auto parts = read_cursor(cursor);
  if (!parts || parts->size() != 3 || (*parts)[0].size() != 1) return std::nullopt;
  const auto id = cursor_number((*parts)[2]);
  const char way = (*parts)[0].front();
  if (!id || (way != 'e' && way != 'n' && way != 'p')) return std::nullopt;
  return Place{.way = static_cast<Way>(way), .text = (*parts)[1], .id = *id};
}

sql::user_search::Exact names_of(const std::string& search) {
  sql::user_search::Exact names{
      .id = cursor_number(search), .email = ascii_lower(search), .subject = search, .identity = {}};
  if (const std::size_t colon = search.find(':'); colon != std::string::npos) {
    names.identity.emplace(search.substr(0, colon), search.substr(colon + 1));
  }
  return names;
}

// One search, one page.
class Search {
 public:
  Search(sql::Connection& db, const sql::UserFilter& filter, std::string text, bool parts)
      : db_(db), filter_(filter), text_(std::move(text)), parts_(parts) {
    found_.email_prefix = ascii_lower(text_);
  }

  Outcome<UserPage> page(const std::optional<Place>& from) {
    LATCHKEY_TRY_ASSIGN(std::vector<User> named,
                        sql::user_search::exact(db_, filter_, names_of(text_), kMaxExact));
    for (const User& user : named) found_.ids.push_back(user.id);
    // They head the first page and are left out of the others.
    if (!from) {
      for (User& user : named) add(std::move(user), {});
    }
    Place place = from.value_or(Place{});
    while (wanted() > 0) {
      LATCHKEY_TRY(fill(place));
      const auto next = way_after(place.way);
      if (!next) break;
      place = {.way = *next, .text = {}, .id = *next == Way::part ? kBehindAll : 0};
    }
    return finished();
  }

 private:
  // One more than a page holds, to know whether there is a next.
  [[nodiscard]] int wanted() const {
    return kUsersPerPage + 1 - static_cast<int>(page_.users.size());
  }
  void add(User user, Place place) {
    places_.push_back(std::move(place));
    page_.users.push_back(std::move(user));
  }

  [[nodiscard]] std::optional<Way> way_after(Way way) const {
    if (way != Way::email) return std::nullopt;
    return parts_ && count_characters(text_) >= kShortestPart ? Way::part : Way::name;
  }

  Outcome<void> fill(const Place& from) {
    LATCHKEY_TRY_ASSIGN(std::vector<User> users, ask(from));
    for (User& user : users) {
      // The exact ones are not left out by the statement for addresses, whose order they share.
      const bool known =
          std::find(found_.ids.begin(), found_.ids.end(), user.id) != found_.ids.end();
      Place place{.way = from.way, .text = {}, .id = user.id};
      if (from.way == Way::email) place.text = user.email;
      if (from.way == Way::name) place.text = user.name;
      if (!known) add(std::move(user), std::move(place));
    }
    return {};
  }

  Outcome<std::vector<User>> ask(const Place& from) {
    switch (from.way) {
      case Way::email:
        return sql::user_search::by_email(db_, filter_, found_.email_prefix, from.text,
                                          wanted() + static_cast<int>(found_.ids.size()));
      case Way::name:
        return sql::user_search::by_name(db_, filter_, text_, {.name = from.text, .id = from.id},
                                         found_, wanted());
      case Way::part:
        return sql::user_search::by_part(db_, filter_, text_, from.id, found_, wanted());
    }
    return std::vector<User>{};
  }

  UserPage finished() {
    if (page_.users.size() > kUsersPerPage) {
      page_.users.resize(kUsersPerPage);
      page_.next = cursor_of(places_[kUsersPerPage - 1]);
    }
    return std::move(page_);
  }

  sql::Connection& db_;
  const sql::UserFilter& filter_;
  const std::string text_;
  const bool parts_;
  sql::user_search::Found found_;
  UserPage page_;
  std::vector<Place> places_;  // of the page's users
};

Outcome<UserPage> everybody(sql::Connection& db, const sql::UserFilter& filter,
                            const std::optional<Place>& from) {
  LATCHKEY_TRY_ASSIGN(
      std::vector<User> users,
      sql::user_search::newest(db, filter, from ? from->id : kBehindAll, kUsersPerPage + 1));
  UserPage page{.users = std::move(users), .next = {}};
  if (page.users.size() > kUsersPerPage) {
    page.users.resize(kUsersPerPage);
    page.next = cursor_of({.way = Way::part, .text = {}, .id = page.users.back().id});
  }
  return page;
}

}  // namespace

Result<UserPage> find_users(sql::Connection& db, const UserQuery& query) {
  std::string text(trim(query.search));
  // A line break stands between address and name in users_parts_idx.
  if (text.size() > kMaxSearch || !is_clean_utf8(text) || text.find('\n') != std::string::npos) {
    return fail(ErrorCode::parameters_invalid, "search");
  }
  std::optional<Place> from;
  if (!query.page.empty()) {
    from = read_place(query.page);
    if (!from) return fail(ErrorCode::parameters_invalid, "page");
  }
  Outcome<UserPage> page;
  if (text.empty()) {
    page = everybody(db, query.filter, from);
  } else {
    const auto parts = sql::user_search::finds_parts(db);
    if (!parts) return fail(sql::to_error(parts.error()));
    page = Search(db, query.filter, std::move(text), *parts).page(from);
  }
  if (!page) return fail(sql::to_error(page.error()));
  return std::move(*page);
}

void warn_without_parts(sql::Connection& db) {
  const auto parts = sql::user_search::finds_parts(db);
  if (!parts || *parts) return;
  log::warn("search.beginnings_only",
            {{"detail",
              "the extension pg_trgm is not there, so the administration finds users by the "
              "beginning of address or name only; install it and run SELECT "
              "latchkey_index_parts_of_users()"}});
}

}  // namespace latchkey::broker::admin
