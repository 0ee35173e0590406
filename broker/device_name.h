// What a person calls the thing they signed in with: "Firefox on Linux". Made from the User-Agent
// header for the list of devices, for notices, and to tell a device that was seen before from a new
// one; it leaves versions out, so an update makes no new device. Nothing is decided by it that
// matters to an attacker, who can send any header.
#pragma once

#include <string>
#include <string_view>

namespace latchkey::broker {

// At most 64 characters of printable ASCII, whatever the header holds.
std::string device_name(std::string_view user_agent);

// {"device": …}, for the details of an audit event (sql::audit_events::familiarity).
std::string device_details(std::string_view user_agent);

}  // namespace latchkey::broker
