// Colours for a terminal, and only there. They repeat what a word says already: nothing is told by colour
// alone.
#pragma once

#include <string>

namespace yuqing {

enum class Tone { plain, good, near, late, head };

/// Standard output is a terminal that shows colours, and nobody set NO_COLOR.
bool colours_wanted();

/// The text in its colour; plain text stays as it is.
std::string painted(const std::string& text, Tone tone);

}  // namespace yuqing
