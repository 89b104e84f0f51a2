// Why a message did not arrive, for people: our own phrases in the words of the duty desk. What a platform, a
// relay or a system library said stays as it was said, so that it can be looked up.
#pragma once

#include "client.hpp"

#include <string>
#include <string_view>

namespace yuqing {

std::string cause_text(std::string_view error, Language language);

}  // namespace yuqing
