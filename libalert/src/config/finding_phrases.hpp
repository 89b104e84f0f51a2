// The sentences of finding_words.cpp.
#pragma once

#include <span>
#include <string_view>

namespace alert::config {

/// Gaps of `english`: `{}` stays as it is; `[]` is one of finding_nouns(); `<>` is one of them or what a
/// library said, which is told by its cause. `{0}`, `{1}` in `chinese` are the gaps in the English order.
struct FindingPhrase {
    std::string_view english, chinese;
};

std::span<const FindingPhrase> finding_phrases();
/// Words that stand in gaps.
std::span<const FindingPhrase> finding_nouns();

}  // namespace alert::config
