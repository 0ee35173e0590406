// The frame all pages share: head, style, the banner that says that this is no real provider.
#pragma once

#include <string>
#include <string_view>

namespace latchkey::providers::dev {

// `theme` is a stand-in's name or "index".
std::string frame(std::string_view theme, std::string_view title, std::string_view body);

}  // namespace latchkey::providers::dev
