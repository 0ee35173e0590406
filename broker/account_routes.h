// Who am I: the account a session speaks for, as its own JSON.
#pragma once

#include "broker/http/router.h"

namespace latchkey::broker {

void mount_account_routes(http::Router& router);

}  // namespace latchkey::broker
