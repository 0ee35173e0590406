# Dependencies point one way (DESIGN: base <- config, sql, providers, sessions <- broker), and HTTP is
# spoken in few places. The linker cannot hold this alone, because a header needs no library.
#
#   cmake -D ROOT=<the repository> -P tests/layering.cmake
#
# It reads `#include "room/…"` of every source file and fails with a list of what points the wrong way.
cmake_minimum_required(VERSION 3.22)

set(rooms base config sql providers sessions web broker)

# What a room may include, besides itself.
set(base_sees)
set(config_sees base)
set(sql_sees base)
set(providers_sees base config)
set(sessions_sees base config sql)
set(web_sees base)
set(broker_sees base config sql providers sessions web)

# Only these see cpp-httplib: the HTTP room, route files, and the dev provider, which is a server of
# its own.
set(speaks_http "^broker/http/|_routes\\.(h|cpp)$|^providers/dev/")

# Sets `out` to why `file` must not include `target`; empty when it may. Both are relative to ROOT.
function(why_not file target out)
  set(${out} "" PARENT_SCOPE)
  if(target STREQUAL "httplib.h")
    if(NOT file MATCHES "${speaks_http}")
      set(${out} "only broker/http, route files and providers/dev see cpp-httplib" PARENT_SCOPE)
    endif()
    return()
  endif()
  string(REGEX REPLACE "/.*" "" from "${file}")
  string(REGEX REPLACE "/.*" "" to "${target}")
  if(to STREQUAL "tests")
    set(${out} "nothing that ships includes tests" PARENT_SCOPE)
  elseif(to IN_LIST rooms AND NOT to STREQUAL from AND NOT to IN_LIST ${from}_sees)
    set(${out} "${from} does not see ${to}" PARENT_SCOPE)
  elseif(target MATCHES "^providers/dev/" AND NOT file MATCHES "^providers/dev/")
    set(${out} "the dev provider is not part of the service" PARENT_SCOPE)
  endif()
endfunction()

# Appends to `out` what a file includes against the rules.
function(check_file file out)
  set(found ${${out}})
  # Brackets and semicolons in a line would confuse CMake's lists; an #include has neither.
  file(STRINGS "${ROOT}/${file}" lines REGEX "^[ \t]*#[ \t]*include[ \t]*[<\"][^];[]*[>\"]")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"]*)[>\"].*" "\\1" target "${line}")
    why_not("${file}" "${target}" reason)
    if(reason)
      list(APPEND found "${file}: #include \"${target}\": ${reason}")
    endif()
  endforeach()
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# The rules tried on cases whose answer is known: a check that reads wrongly would find nothing, and
# pass for ever.
function(expect answer file target)
  why_not("${file}" "${target}" reason)
  if(reason)
    set(found refused)
  else()
    set(found allowed)
  endif()
  if(NOT found STREQUAL answer)
    message(FATAL_ERROR "layering.cmake itself: ${file} -> ${target} is ${found}, not ${answer}")
  endif()
endfunction()
expect(allowed base/json.cpp base/error.h)
expect(allowed sessions/session_service.cpp sql/sessions.h)
expect(allowed broker/app.cpp web/assets.h)
expect(allowed broker/http/server.cpp httplib.h)
expect(allowed broker/signin_routes.cpp httplib.h)
expect(allowed providers/dev/github.cpp httplib.h)
expect(refused base/json.cpp config/config.h)
expect(refused config/load.cpp sql/pool.h)
expect(refused providers/oidc.cpp sql/users.h)
expect(refused sessions/csrf.cpp broker/flow.h)
expect(refused sql/users.cpp sessions/cookies.h)
expect(refused broker/flow.cpp tests/support/fake_clock.h)
expect(refused broker/app.cpp providers/dev/github.h)
expect(refused broker/signin_flow.cpp httplib.h)
expect(refused providers/curl_client.cpp httplib.h)

set(faults)
set(files 0)
foreach(room IN LISTS rooms)
  file(GLOB_RECURSE sources RELATIVE "${ROOT}" "${ROOT}/${room}/*.h" "${ROOT}/${room}/*.cpp")
  foreach(source IN LISTS sources)
    check_file("${source}" faults)
    math(EXPR files "${files} + 1")
  endforeach()
endforeach()

if(files EQUAL 0)
  message(FATAL_ERROR "no source files under '${ROOT}'")
endif()
if(faults)
  list(JOIN faults "\n  " text)
  message(FATAL_ERROR "includes that point the wrong way:\n  ${text}")
endif()
message(STATUS "${files} files point the right way")
