#include "alert/flow/intake.hpp"

#include "alert/codec/event_json.hpp"
#include "alert/core/causes.hpp"
#include "alert/core/hash.hpp"
#include "alert/core/messages.hpp"

#include <utility>

namespace alert {

namespace {

constexpr std::size_t reject_bytes_max = 4096;
constexpr Duration rejected_told_every = std::chrono::minutes(10);
constexpr std::size_t rejecting_sources_max = 1024;

bool may_tell(ClientRole role, std::string_view type) {
    switch (role) {
        case ClientRole::monitor: return type == "opinion.detected";
        case ClientRole::viewer: return false;
        case ClientRole::operator_:
            return type != "obligation.waived" && type != "case.muted" && type != "case.dismissed" &&
                   type != "fact.withdrawn";
        case ClientRole::supervisor:
        case ClientRole::admin: return true;
    }
    return false;
}

/// `data.title 缺失（data.title is missing /data/title）`
std::string reason_of(const Error& error) {
    return refusal_zh(error) + "（" + error.message + (error.path.empty() ? "" : " " + error.path) + "）";
}

}  // namespace

std::optional<Error> admit(const DecodedEvent& decoded, const Via& via, TimePoint now) {
    if (decoded.role_matters && !may_tell(via.role, decoded.type)) {
        return Error{"forbidden",
                     "the role " + std::string(to_string(via.role)) + " may not tell " + decoded.type,
                     "/type"};
    }
    if (decoded.role_matters && decoded.history && via.role == ClientRole::monitor) {
        return Error{"forbidden", "the role monitor may not tell history", "/history"};
    }
    if (!decoded.event) return decoded.event.error();
    if (decoded.event->time > now + future_max) {
        return Error{
            "future",
            "time is more than 5 minutes ahead of this daemon's clock; check the clock of the source",
            "/time"};
    }
    return std::nullopt;
}

Answer rejected(const DecodedEvent& decoded, Error error) {
    return {.status = Answer::Status::rejected,
            .source = decoded.source,
            .id = decoded.id,
            .error = std::move(error)};
}

CaseId case_id_for(const Event& event, const Zone& zone) {
    const auto day = format_rfc3339(event.time, zone).substr(0, 10);
    return CaseId{day.substr(0, 4) + day.substr(5, 2) + day.substr(8, 2) + "-" +
                  hash_base32({event.key.source, event.key.id}, 12)};
}

Intake::Intake(CaseStore& store, Clock& clock, RuleBook& rules, CaseDesk& desk, Observer& observer)
    : store_(store), clock_(clock), rules_(rules), desk_(desk), observer_(observer) {}

void Intake::submit(const std::string& bytes, const Via& via, Done done) {
    ++in_flight_;
    const auto began = clock_.boot_time();
    auto decoded = decode_event(bytes);
    auto answered = [this, began, type = decoded.type, done = std::move(done)](Answer answer) {
        --in_flight_;
        observer_.answered(type, answer, clock_.boot_time() - began);
        done(std::move(answer));
    };
    if (decoded.event && decoded.event->truncated) observer_.limit_hit("event_text");
    if (auto error = admit(decoded, via, clock_.now())) return reject(decoded, bytes, via, *error, answered);
    Admitted admitted{std::move(*decoded.event), via, decoded.history, std::move(answered), {}};
    if (!journal_) return find_case(std::move(admitted));
    if (journal_->behind()) return tell_later(std::move(admitted));
    tell_now(std::move(admitted));
}

void Intake::reject(const DecodedEvent& decoded, const std::string& bytes, const Via& via, Error error,
                    const Done& done) {
    if (error.code == "too_large") observer_.limit_hit("event_bytes");
    keep_reject(decoded, bytes, via, error);
    if (decoded.type == "opinion.detected" && !decoded.history) tell_rejected(decoded, error);
    done(rejected(decoded, std::move(error)));
}

void Intake::keep_reject(const DecodedEvent& decoded, const std::string& bytes, const Via& via,
                         const Error& error) {
    if (bytes.size() > reject_bytes_max) observer_.limit_hit("reject_bytes");
    store_.keep_reject({.at = clock_.now(),
                        .via = via,
                        .error = error,
                        .source = decoded.source,
                        .id = decoded.id,
                        .type = decoded.type,
                        .bytes = bytes.substr(0, reject_bytes_max)},
                       [this](Result<std::monostate> kept) {
                           if (!kept) observer_.troubled("keep_reject", kept.error());
                       });
}

/// Several daemons tell the same source within the same ten minutes under one id.
void Intake::tell_rejected(const DecodedEvent& decoded, const Error& error, bool was_accepted) {
    const auto now = clock_.now();
    const auto about = (was_accepted ? "accepted:" : "") + decoded.source;
    if (told_lately(about, now)) return;
    const auto span = std::to_string(now.time_since_epoch() / rejected_told_every);
    const auto* before = was_accepted ? "；此前已答复接收，未能记入，请核对后补报（yuqingctl rejects）" : "";
    auto transition = std::make_shared<Transition>();
    transition->notifications = office_notice(
        rules_.today(), Reason::attention, "rejected",
        "来源：" + decoded.source + "；编号：" + decoded.id + "；原因：" + reason_of(error) + before,
        "rejected:" + about + ":" + span, now);
    store_.commit(transition, [this, transition, about](Result<CommitOutcome> result) {
        if (!result) {
            rejects_told_.erase(about);  // the next one is told instead
            return observer_.troubled("tell_rejected", result.error());
        }
        observer_.committed(*transition);
        if (desk_.on_committed) desk_.on_committed(*transition);
    });
}

/// A flood of bad events, from one source or from invented ones, is told a bounded number of times.
bool Intake::told_lately(const std::string& source, TimePoint now) {
    std::erase_if(rejects_told_, [&](const auto& told) { return now - told.second >= rejected_told_every; });
    if (!rejects_told_.contains(source) && rejects_told_.size() >= rejecting_sources_max) {
        observer_.limit_hit("rejecting_sources");
        return true;
    }
    return !rejects_told_.try_emplace(source, now).second;
}

void Intake::find_case(Admitted admitted) {
    const Event& event = admitted.event;
    if (std::holds_alternative<Merged>(event.data)) return check_merge(std::move(admitted));
    if (event.subject) {
        const CaseId id = *event.subject;
        return hand_over(id, std::move(admitted));
    }
    const auto& detected = std::get<Detected>(event.data);  // every other type has a subject: decode_event
    const std::string key = detected.matter_key;
    if (!key.empty()) return join_matter(std::move(admitted), key);
    const auto id = case_id_for(event, rules_.zone());
    hand_over(id, std::move(admitted));
}

/// The first that asks for a matter asks the store; whoever comes meanwhile waits and gets the same case.
void Intake::join_matter(Admitted admitted, const std::string& key) {
    const auto [waiting, first] = matters_.try_emplace(key);
    waiting->second.push_back(std::move(admitted));
    if (!first) return;
    store_.find_matter(key, [this, key](Result<std::optional<CaseId>> found) {
        auto together = std::move(matters_.extract(key).mapped());
        const CaseId id = found && *found ? **found : case_id_for(together.front().event, rules_.zone());
        for (auto& one : together) {
            if (!found) {
                one.done({.status = Answer::Status::retry,
                          .source = one.event.key.source,
                          .id = one.event.key.id,
                          .retry_after = std::chrono::seconds(1)});
            } else {
                hand_over(id, std::move(one));
            }
        }
    });
}

/// A case that is not there yet may be on the desk: it is looked for again when what was under way is done,
/// and if even then it is not there, that detection failed and will be told again: so shall this.
void Intake::check_merge(Admitted admitted, bool waited) {
    const CaseId into = std::get<Merged>(admitted.event.data).into;
    const CaseId self = *admitted.event.subject;
    const bool opening = desk_.working_on(into);
    auto shared = std::make_shared<Admitted>(std::move(admitted));
    store_.load({.id = into}, [this, into, self, opening, waited, shared](Result<CaseAnswer> answer) {
        const auto& key = shared->event.key;
        const bool missing = answer && into != self && !answer->stored;
        if (missing && opening) {
            desk_.when_done(into, [this, shared] { check_merge(std::move(*shared), true); });
        } else if (!answer || (missing && waited)) {
            shared->done({.status = Answer::Status::retry,
                          .source = key.source,
                          .id = key.id,
                          .retry_after = std::chrono::seconds(1)});
        } else if (into == self || missing) {
            const auto* what =
                into == self ? "a case cannot be merged into itself" : "there is no such case to merge into";
            DecodedEvent decoded{shared->event, key.source, key.id,
                                 std::string(type_name(shared->event.data))};
            const Error error{"invalid", what, "/data/into"};
            if (shared->before)
                shared->done(rejected(decoded, error));
            else
                reject_if_sure(decoded, shared->event.record, shared->via, error, shared->done);
        } else {
            hand_over(self, std::move(*shared));
        }
    });
}

void Intake::hand_over(CaseId id, Admitted admitted) {
    const Event& event = admitted.event;
    auto done = [this, source = event.key.source, event_id = event.key.id,
                 type = std::string(type_name(event.data)), record = event.record, via = admitted.via,
                 again = admitted.before.has_value(), answered = std::move(admitted.done)](Answer answer) {
        if (again || answer.status != Answer::Status::rejected) return answered(std::move(answer));
        const DecodedEvent decoded{Error{}, source, event_id, type};  // unknown_case: found on the desk
        reject_if_sure(decoded, record, via, *answer.error, answered);
    };
    desk_.tell(std::move(id), std::move(admitted.event), std::move(admitted.via), admitted.silent,
               std::move(done), admitted.before);
}

}  // namespace alert
