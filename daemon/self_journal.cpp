// What the watch tells of the journal: that it cannot be written, and that Redis was told again what it
// had lost.
#include "self_watch.hpp"

namespace yuqing {

namespace {

constexpr alert::Duration loss_shown_for = std::chrono::minutes(10);  // after its end

std::string number(std::uint64_t count) { return std::to_string(count); }

}  // namespace

void SelfWatch::told_again(const alert::JournalProgress& progress) {
    if (!progress.lost) return;
    if (progress.telling || told_again_.telling) lost_at_ = parts_.clock.now();
    told_again_ = progress;
}

std::vector<alert::Trouble> SelfWatch::journal_troubles(alert::TimePoint now) const {
    std::vector<alert::Trouble> seen;
    if (unwritten_)
        seen.push_back({{alert::TroubleKind::journal, ""}, unwritten_->message, unwritten_->message, {}});
    if (!lost_at_ || (!told_again_.telling && now - *lost_at_ > loss_shown_for)) return seen;
    const auto& is = told_again_;
    alert::Trouble trouble{{alert::TroubleKind::loss, ""}, "", "", {}};
    trouble.zh = (is.telling ? "正在补报，已" : "已补报") + number(is.told) + "条，其中 Redis 缺失" +
                 number(is.missing) + "条";
    trouble.en = number(is.told) + " events " + (is.telling ? "told so far" : "were told again") + ", " +
                 number(is.missing) + " of them were missing";
    if (is.refused > 0) {
        trouble.zh += "；" + number(is.refused) + "条未能记入，请执行 yuqingctl rejects";
        trouble.en += "; " + number(is.refused) + " could not be told, see yuqingctl rejects";
    }
    if (is.damaged > 0) {
        trouble.zh += "；日志损坏" + number(is.damaged) + "行，请执行 yuqingctl replay --check";
        trouble.en +=
            "; " + number(is.damaged) + " lines of the journal are damaged, see yuqingctl replay --check";
    }
    seen.push_back(std::move(trouble));
    return seen;
}

}  // namespace yuqing
