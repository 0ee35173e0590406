// cpp-httplib makes tables at its first request in a process. The thread sanitizer sees no locks in
// that library, so threads whose first requests come at once look like a race to it.
#pragma once

namespace latchkey::test {

// Has the tables made, once. To be called before there are threads that serve requests.
void make_http_tables();

}  // namespace latchkey::test
