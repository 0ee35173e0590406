// Type OIDs of PostgreSQL's built-in types (its catalogue pg_type; they never change).
#pragma once

namespace latchkey::sql::type {

inline constexpr unsigned kBool = 16;
inline constexpr unsigned kBytea = 17;
inline constexpr unsigned kName = 19;
inline constexpr unsigned kInt8 = 20;
inline constexpr unsigned kInt4 = 23;
inline constexpr unsigned kText = 25;
inline constexpr unsigned kByteaArray = 1001;
inline constexpr unsigned kInt8Array = 1016;
inline constexpr unsigned kVarchar = 1043;
inline constexpr unsigned kTimestamptz = 1184;
inline constexpr unsigned kTimestamptzArray = 1185;

}  // namespace latchkey::sql::type
