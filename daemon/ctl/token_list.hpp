// tokens.yaml with one more entry: everything else in it stays as somebody wrote it.
#pragma once

#include "alert/config/token_file.hpp"

namespace yuqing {

/// The text with the token at the end of its list. Errors: `duplicate`, the name is there already; `unfit`,
/// the list is written in a way that it cannot be put into; else what is wrong with the file, or the token.
alert::Result<std::string> with_token(const std::string& text, const std::string& file,
                                      const std::string& entry, alert::TimePoint now);

}  // namespace yuqing
