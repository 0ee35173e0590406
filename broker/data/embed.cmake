# cmake -D FILE=common_passwords.txt -D OUTPUT=common_passwords.cpp -P embed.cmake
#
# Writes a C++ source that holds FILE byte for byte. Bytes become character literals one by one:
# string literals longer than 64 KiB are not portable.
file(READ ${FILE} bytes HEX)
# Sixteen bytes to a line.
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")

file(WRITE ${OUTPUT} "// Made by broker/data/embed.cmake; do not edit.
#include \"broker/data/common_passwords.h\"

namespace latchkey::broker {
namespace {

constexpr char kText[] = {
${bytes}
};

}  // namespace

std::string_view common_passwords() { return {kText, sizeof kText}; }

}  // namespace latchkey::broker
")
