# cmake -D FILES=a|b -D ROOT=folder -D OUTPUT=assets.cpp -P embed.cmake
#
# Writes a C++ file that holds every one of FILES byte for byte, and find_asset() over their paths
# below ROOT. Bytes
# become character literals one by one: string literals longer than 64 KiB are not portable, and
# escapes in them run into the digits that follow.
string(REPLACE "|" ";" FILES "${FILES}")

set(content_type_html "text/html; charset=utf-8")
set(content_type_css "text/css; charset=utf-8")
set(content_type_js "text/javascript; charset=utf-8")
set(content_type_json "application/json")
set(content_type_svg "image/svg+xml")
set(content_type_txt "text/plain; charset=utf-8")

set(arrays "")
set(entries "")
set(index 0)
foreach(file IN LISTS FILES)
  file(RELATIVE_PATH name ${ROOT} ${file})
  get_filename_component(extension ${file} LAST_EXT)
  string(SUBSTRING ${extension} 1 -1 extension)
  if(NOT DEFINED content_type_${extension})
    message(FATAL_ERROR "${name}: embed.cmake knows no content type for .${extension}")
  endif()

  file(READ ${file} bytes HEX)
  # Sixteen bytes to a line.
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  file(SHA256 ${file} hash)
  string(SUBSTRING ${hash} 0 20 hash)

  string(APPEND arrays "// ${name}\nconstexpr char kBody${index}[] = {\n${bytes}\n};\n\n")
  string(APPEND entries
    "    {.path = \"${name}\",\n     .content_type = \"${content_type_${extension}}\",\n"
    "     .body = {kBody${index}, sizeof kBody${index}},\n     .etag = \"\\\"${hash}\\\"\"},\n")
  math(EXPR index "${index} + 1")
endforeach()

file(WRITE ${OUTPUT} "// Made by web/embed.cmake; do not edit.
#include \"web/assets.h\"

namespace latchkey::web {
namespace {

${arrays}constexpr Asset kAssets[] = {
${entries}};

}  // namespace

const Asset* find_asset(std::string_view path) {
  for (const Asset& asset : kAssets) {
    if (asset.path == path) return &asset;
  }
  return nullptr;
}

}  // namespace latchkey::web
")
