// What the intake does besides when there is a journal: what was accepted is written before it is
// answered; what comes while the store is away is written first; and what the journal holds is told again.
#include "alert/codec/event_json.hpp"
#include "alert/flow/intake.hpp"

#include <utility>

namespace alert {

JournalEntry Intake::entry_of(const Admitted& admitted) const {
    return {.recorded_at = clock_.now(),
            .via = admitted.via,
            .silent = admitted.silent,
            .policy = rules_.today().policy.hash,
            .event = admitted.event.record,
            .content_hash = admitted.event.content_hash};
}

/// What can be said without the store: the case, unless a matter_key decides it.
Answer Intake::early_answer(const Event& event) const {
    Answer answer{.source = event.key.source, .id = event.key.id, .case_id = event.subject};
    const auto* detected = std::get_if<Detected>(&event.data);
    if (detected && !event.subject && detected->matter_key.empty())
        answer.case_id = case_id_for(event, rules_.zone());
    return answer;
}

/// A store that went away meanwhile is told later. Behind a closing door the client is asked to come again.
void Intake::tell_now(Admitted admitted) {
    admitted.done = [this, entry = entry_of(admitted), early = early_answer(admitted.event),
                     answered = std::move(admitted.done)](Answer answer) mutable {
        using Status = Answer::Status;
        if (answer.status == Status::accepted || answer.status == Status::duplicate) {
            entry.recorded_at = answer.recorded_at.value_or(entry.recorded_at);
            return journal_->keep(std::move(entry), std::move(answer), answered);
        }
        if (answer.status == Status::retry && journal_->behind())
            return journal_->take(std::move(entry), std::move(early), answered,
                                  [answered, answer] { answered(answer); });
        answered(std::move(answer));
    };
    find_case(std::move(admitted));
}

void Intake::tell_later(Admitted admitted) {
    auto shared = std::make_shared<Admitted>(std::move(admitted));
    journal_->take(entry_of(*shared), early_answer(shared->event), shared->done,
                   [this, shared] { tell_now(std::move(*shared)); });
}

void Intake::tell_again(const JournalEntry& entry, Done done) {
    auto event = decode_record(entry.event);
    if (!event) return done({.status = Answer::Status::rejected, .error = event.error()});
    ++in_flight_;
    auto answered = [this, done = std::move(done)](Answer answer) {
        --in_flight_;
        done(std::move(answer));
    };
    find_case({std::move(*event), entry.via, entry.silent, std::move(answered),
               AcceptedBefore{entry.recorded_at, !entry.degraded, entry.policy}});
}

void Intake::tell_live(const JournalEntry& entry, Done done) {
    auto event = decode_record(entry.event);
    if (!event) return done({.status = Answer::Status::rejected, .error = event.error()});
    find_case({std::move(*event), entry.via, entry.silent, std::move(done), {}});
}

void Intake::refuse_again(const JournalEntry& entry, const Error& error) {
    const auto decoded = decode_event(entry.event);
    keep_reject(decoded, entry.event, entry.via, error);
    tell_rejected(decoded, error, true);
}

/// A case that is not there may be one that the store has lost just now.
void Intake::reject_if_sure(DecodedEvent decoded, std::string bytes, Via via, Error error, Done done) {
    if (!journal_) return reject(decoded, bytes, via, std::move(error), done);
    auto told = std::make_shared<DecodedEvent>(std::move(decoded));
    journal_->confirm([this, told, bytes = std::move(bytes), via = std::move(via), error = std::move(error),
                       done = std::move(done)] {
        if (!journal_->behind()) return reject(*told, bytes, via, error, done);
        done({.status = Answer::Status::retry,
              .source = told->source,
              .id = told->id,
              .retry_after = std::chrono::seconds(1)});
    });
}

}  // namespace alert
