// The dev provider's pages: plain HTML without scripts, usable by keyboard, in light and dark.
// Their ids and data attributes (data-person, data-action, name="fault") are stable: browser tests
// of other projects click them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "providers/dev/world.h"

namespace latchkey::providers::dev {

struct PickPage {
  StandIn stand_in;
  std::string client_id;
  std::string redirect_uri;
  std::string form_action;  // this request's own query
  std::vector<PersonPtr> people;
  PersonPtr hinted;  // first in the list; may be null
  std::optional<FaultOrder> fault;
};

// "Who do you want to be?"
std::string pick_page(const PickPage& page);
// What is wrong with a request that cannot be sent back to the application.
std::string problem_page(StandIn stand_in, std::string_view problem);
// `/`: what this is and how to use it.
std::string index_page(const World& world);
// `/inbox`: the mails that the SMTP server was given.
std::string inbox_page(const World& world);
// An SVG with the person's initials.
std::string avatar(const Person& person);

}  // namespace latchkey::providers::dev
