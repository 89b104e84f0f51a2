// The file that `http.tokens` names, by itself: for who adds to it.
#pragma once

#include "alert/config/config.hpp"

namespace alert {

struct LoadedTokens {
    std::vector<AccessToken> tokens;
    std::vector<Error> errors;
};

/// The days on which tokens end are UTC's.
LoadedTokens parse_tokens(const std::string& text, const std::string& file_name, TimePoint now);

}  // namespace alert
