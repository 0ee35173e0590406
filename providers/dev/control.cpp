#include "providers/dev/control.h"

#include <limits>

#include "providers/dev/person_json.h"

namespace latchkey::providers::dev {
namespace {

Answer refuse(const std::string& detail) {
  JsonWriter body;
  body.begin_object().field("detail", detail).field("code", "validation_failed").end_object();
  return json(400, body.text());
}

Answer refuse(const Error& error) {
  return refuse(error.code == ErrorCode::malformed_json ? "the body is not JSON: " + error.detail
                                                        : error.detail);
}

Answer done() { return json(200, R"({"detail":"ok"})"); }

Result<JsonDocument> read_object(const Request& request) {
  auto document = JsonDocument::parse(request.body);
  if (document && !document->root().is_object()) {
    return fail(ErrorCode::validation_failed, "the body must be a JSON object");
  }
  return document;
}

// `delay_ms` is a number here and text on the page.
std::string delay_text(JsonView delay) {
  if (!delay.exists()) return {};
  return std::to_string(delay.integer().value_or(-1));
}

// The person of that id, or one made from it.
Person known_or_new(const World& world, const std::string& id) {
  for (const PersonPtr& person : world.people.all()) {
    if (person->id == id) return *person;
  }
  return make_person(id, id, id + "@example.com");
}

}  // namespace

Answer control_reset(World& world) {
  world.reset();
  return done();
}

Answer control_fault(World& world, const Request& request) {
  const auto document = read_object(request);
  if (!document) return refuse(document.error());
  const JsonView root = document->root();
  const auto stand_in = parse_stand_in(root["provider"].string().value_or(""));
  if (!stand_in) return refuse("provider is github, google, facebook or oidc");
  std::string fault(root["fault"].string().value_or(""));
  if (root["endpoint"].exists()) fault += '@' + std::string(root["endpoint"].string().value_or(""));
  const auto order = parse_fault(*stand_in, fault, delay_text(root["delay_ms"]));
  if (!order) return refuse(order.error());
  const std::int64_t times = root["times"].exists() ? root["times"].integer().value_or(0) : 1;
  if (times < 1 || times > std::numeric_limits<int>::max()) {
    return refuse("times is a whole number of at least 1");
  }
  world.faults.add(*stand_in, *order, static_cast<int>(times));
  return done();
}

Answer control_approve(World& world, const Request& request) {
  const auto document = read_object(request);
  if (!document) return refuse(document.error());
  const JsonView person = document->root()["person"];
  if (person.is_null()) {
    world.approval.set(std::nullopt);
    return done();
  }
  const std::string id(person.string().value_or(""));
  if (!world.people.find(id, StandIn::github)) {
    return refuse("person is the id of somebody at /_control/people, \"fresh\" or null");
  }
  world.approval.set(id);
  return done();
}

Answer control_requests(const World& world) {
  JsonWriter body;
  body.begin_object();
  for (const StandIn stand_in : kStandIns) {
    body.key(name_of(stand_in)).begin_object();
    for (const Endpoint endpoint : endpoints_of(stand_in)) {
      body.field(name_of(endpoint),
                 static_cast<std::int64_t>(world.counts.get(stand_in, endpoint)));
    }
    body.end_object();
  }
  return json(200, body.end_object().text());
}

Answer control_people(const World& world) {
  JsonWriter body;
  body.begin_object().key("people").begin_array();
  for (const PersonPtr& person : world.people.all()) write_person(*person, body);
  return json(200, body.end_array().end_object().text());
}

Answer control_put_person(World& world, const Request& request) {
  const auto document = read_object(request);
  if (!document) return refuse(document.error());
  const std::string id(document->root()["id"].string().value_or(""));
  if (id.empty() || id == kFresh) return refuse("id is a name of your choice, but not \"fresh\"");
  Person person = known_or_new(world, id);
  if (const auto changed = change_person(document->root(), person); !changed) {
    return refuse(changed.error());
  }
  JsonWriter body;
  write_person(person, body);
  world.people.put(std::move(person));
  return json(200, body.text());
}

}  // namespace latchkey::providers::dev
