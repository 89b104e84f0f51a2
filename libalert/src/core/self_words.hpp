// What people read of a trouble: a headline, and what to do, Chinese first.
#pragma once

#include "alert/core/self_watch.hpp"

namespace alert {

struct TroubleWords {
    TroubleKind kind{};
    std::string_view name;  // in ids
    // `{}` stands for the channel or the role.
    std::string_view zh, en, do_zh, do_en, over_zh, over_en;
};
const TroubleWords& words_of(TroubleKind kind);
const TroubleWords* find_words(std::string_view name);

/// The lines of a notice. `what`: of the trouble as it is seen now; null when it is over.
std::string self_text(const TroubleId& id, SelfMoment moment, const Trouble* what, TimePoint since,
                      TimePoint until, const SelfScene& scene);

}  // namespace alert
