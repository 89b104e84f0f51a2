// What the watch tells of the journal: that it cannot be written, that files or lines of it are gone, and
// that Redis was told again what it had lost.
#include "self_watch.hpp"

namespace yuqing {

namespace {

constexpr alert::Duration shown_for = std::chrono::minutes(10);  // after its end

std::string number(std::uint64_t count) { return std::to_string(count); }

void add(alert::Trouble& to, const std::string& zh, const std::string& en) {
    to.zh += (to.zh.empty() ? "" : "；") + zh;
    to.en += (to.en.empty() ? "" : "; ") + en;
}

/// What of the journal did not reach Redis.
void add_unrecorded(alert::Trouble& to, const alert::JournalProgress& is) {
    if (is.refused > 0)
        add(to, number(is.refused) + "条未能记入，请执行 yuqingctl rejects",
            number(is.refused) + " could not be told, see yuqingctl rejects");
    if (is.damaged > 0)
        add(to, "日志损坏" + number(is.damaged) + "行，请执行 yuqingctl replay --check",
            number(is.damaged) + " lines of the journal are damaged, see yuqingctl replay --check");
}

}  // namespace

void SelfWatch::told_again(const alert::JournalProgress& progress) {
    if (!progress.lost && progress.refused == 0 && progress.damaged == 0) return;
    if (progress.telling || told_again_.telling) told_again_at_ = parts_.clock.now();
    told_again_ = progress;
}

void SelfWatch::journal_cut(const JournalGap& gap) {
    const auto now = parts_.clock.now();
    if (!cut_ || now - cut_->at > shown_for) cut_.emplace();
    ++cut_->files;
    cut_->untold += gap.untold;
    cut_->last = gap;
    cut_->at = now;
}

void SelfWatch::policy_lost(const alert::PolicyHash& hash) {
    const auto now = parts_.clock.now();
    if (!lost_policy_ || now - lost_policy_->at > shown_for) lost_policy_.emplace();
    ++lost_policy_->cases;
    lost_policy_->last = hash;
    lost_policy_->at = now;
}

std::vector<alert::Trouble> SelfWatch::journal_troubles(alert::TimePoint now) const {
    std::vector<alert::Trouble> seen;
    if (unwritten_)
        seen.push_back({{alert::TroubleKind::journal, ""}, unwritten_->message, unwritten_->message, {}});
    const auto& is = told_again_;
    alert::Trouble gap{{alert::TroubleKind::journal_gap, ""}, "", "", {}};
    if (cut_ && now - cut_->at <= shown_for)
        add(gap,
            cut_->last.path + " 等" + number(cut_->files) + "个文件被删除或截断，其中未写入 Redis 的" +
                number(cut_->untold) + "条已丢失",
            cut_->last.path + " (" + number(cut_->files) + " files) was removed or cut, " +
                number(cut_->untold) + " entries are gone that Redis was not told");
    if (lost_policy_ && now - lost_policy_->at <= shown_for)
        add(gap,
            "补报的" + number(lost_policy_->cases) + "件事项所依的办法（" + lost_policy_->last.value +
                "）已找不到，改按现行办法计时",
            number(lost_policy_->cases) + " cases told again go by the policy in force, as their own (" +
                lost_policy_->last.value + ") is nowhere any more");
    if (told_again_at_ && (is.telling || now - *told_again_at_ <= shown_for)) {
        if (is.lost) {
            alert::Trouble loss{{alert::TroubleKind::loss, ""}, "", "", {}};
            add(loss,
                (is.telling ? "正在补报，已" : "已补报") + number(is.told) + "条，其中 Redis 缺失" +
                    number(is.missing) + "条",
                number(is.told) + " events " + (is.telling ? "told so far" : "were told again") + ", " +
                    number(is.missing) + " of them were missing");
            add_unrecorded(loss, is);
            seen.push_back(std::move(loss));
        } else {
            add_unrecorded(gap, is);
        }
    }
    if (!gap.zh.empty()) seen.push_back(std::move(gap));
    return seen;
}

}  // namespace yuqing
