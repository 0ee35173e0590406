// For load balancers and supervisors. /healthz: the process answers. /readyz: it can do its work.
#pragma once

#include "broker/http/router.h"
#include "sessions/session_cache.h"
#include "sql/pool.h"

namespace latchkey::broker {

void mount_health_routes(http::Router& router, sql::Pool& pool,
                         const sessions::SessionCache& cache);

}  // namespace latchkey::broker
