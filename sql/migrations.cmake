# Writes OUTPUT, a C++ source that holds every file of DIRECTORY as a migration, in order.
#   cmake -DDIRECTORY=sql/migrations -DOUTPUT=embedded_migrations.cpp -P migrations.cmake
file(GLOB files "${DIRECTORY}/*.sql")
list(SORT files)

set(entries "")
set(previous 0)
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME_WE)
  if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_[a-z0-9_]+$")
    message(FATAL_ERROR "${file}: a migration is named NNNN_name.sql")
  endif()
  string(REGEX REPLACE "^0+" "" number "${CMAKE_MATCH_1}")
  if(NOT number GREATER previous)
    message(FATAL_ERROR "${file}: another migration has the number ${number}")
  endif()
  set(previous ${number})
  file(READ "${file}" text)
  string(APPEND entries "      {${number}, \"${name}\", R\"migration(${text})migration\"},\n")
endforeach()

file(WRITE "${OUTPUT}" "// Made by sql/migrations.cmake from sql/migrations/*.sql.
#include \"sql/migrations.h\"

namespace latchkey::sql {

const std::vector<Migration>& migrations() {
  static const std::vector<Migration> all = {
${entries}  };
  return all;
}

}  // namespace latchkey::sql
")
