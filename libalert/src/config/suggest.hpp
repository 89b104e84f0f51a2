// "Did you mean": the known word nearest to one that is not known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace alert::config {

using Words = std::vector<std::string_view>;

/// `; did you mean 'ladder'?`, or, when nothing is near, `; known: a, b, c`. Empty without words.
std::string suggestion(std::string_view word, const Words& known);

/// `'...'` around at most 40 characters of what a file says, control characters left out.
std::string in_quotes(std::string_view text);

}  // namespace alert::config
