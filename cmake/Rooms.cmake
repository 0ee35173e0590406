# A room is one folder and one static library. What it may include is what it links, so the
# linker and tests/layering.cmake hold the direction of the house.
add_library(latchkey_warnings INTERFACE)
target_compile_options(latchkey_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Werror
  # Designated initialisers name what differs; every member left out has a default.
  -Wno-missing-field-initializers)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlapping copies in `"literal" + string` when it optimises (GCC bug 105651), and
  # strings that nobody filled in the temporaries of nested designated initialisers (bug 105562 and
  # its kind). Clang and the memory checks of `scripts/test --sanitize` look at the same code.
  target_compile_options(latchkey_warnings INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()

include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# What every program is hardened with, or instrumented with instead.
add_library(latchkey_options INTERFACE)
target_include_directories(latchkey_options INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
target_compile_definitions(latchkey_options INTERFACE _GLIBCXX_ASSERTIONS)
if(LATCHKEY_SANITIZE)
  target_compile_options(latchkey_options INTERFACE
    -fsanitize=${LATCHKEY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_link_options(latchkey_options INTERFACE -fsanitize=${LATCHKEY_SANITIZE})
  # Instrumented code confuses this analysis.
  target_compile_options(latchkey_warnings INTERFACE -Wno-maybe-uninitialized)
else()
  target_compile_options(latchkey_options INTERFACE
    -fstack-protector-strong -fstack-clash-protection
    "$<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
  target_link_options(latchkey_options INTERFACE -Wl,-z,relro,-z,now)
endif()

# latchkey_room(NAME SOURCES a.cpp … LINK lib …)
function(latchkey_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(latchkey_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(latchkey_${name} PUBLIC latchkey_options ${ARG_LINK}
                                         PRIVATE latchkey_warnings)
endfunction()
