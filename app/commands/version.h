#pragma once

#include <string_view>

namespace app {

constexpr std::string_view k_version = "0.1.0";  // as project(VERSION) in CMakeLists.txt; a test compares

}  // namespace app
