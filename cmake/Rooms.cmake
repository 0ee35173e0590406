# A room is one folder and one static library. What it may include is what it links, so the
# linker and tests/layering.cmake hold the direction of the house.
add_library(latchkey_warnings INTERFACE)
target_compile_options(latchkey_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Werror
  # Designated initialisers name what differs; every member left out has a default.
  -Wno-missing-field-initializers)

add_library(latchkey_options INTERFACE)
target_include_directories(latchkey_options INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
if(LATCHKEY_SANITIZE)
  target_compile_options(latchkey_options INTERFACE
    -fsanitize=${LATCHKEY_SANITIZE} -fno-omit-frame-pointer -g)
  target_link_options(latchkey_options INTERFACE -fsanitize=${LATCHKEY_SANITIZE})
endif()

# latchkey_room(NAME SOURCES a.cpp … LINK lib …)
function(latchkey_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(latchkey_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(latchkey_${name} PUBLIC latchkey_options ${ARG_LINK}
                                         PRIVATE latchkey_warnings)
endfunction()
