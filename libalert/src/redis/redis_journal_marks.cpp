#include "alert/redis/redis_journal_marks.hpp"

#include "any_name.hpp"
#include "number.hpp"
#include "stored_case.hpp"

#include <utility>

namespace alert {

using redis::Command;
using redis::Reply;

namespace {

constexpr std::int64_t telling_holds_ms = 2000;

std::string text_of(const JournalMarks::Mark& mark) { return mark ? std::to_string(*mark) : std::string(); }

/// What is no number tells nothing of what was told: as if there were no mark.
JournalMarks::Mark mark_of(std::string_view text) {
    std::uint64_t mark = 0;
    const bool sound = redis::read_number(text, mark) && mark <= journal_sequence_max;
    return sound ? JournalMarks::Mark(mark) : std::nullopt;
}

JournalMarks::Owner owner_of(std::string_view name, std::string_view we) {
    using Owner = JournalMarks::Owner;
    return name.empty() ? Owner::nobody : name == we ? Owner::we : Owner::another;
}

}  // namespace

/// A machine that was copied while it ran connects anew, and then has a name of its own too. A claim that was
/// not answered is made again under the same name: it may still arrive, after the next.
void RedisJournalMarks::claim(std::string journal, Callback<Mark> done) {
    if (std::exchange(claimed_, false)) owner_ = redis::any_name();
    Command call = redis::script_call(redis::Script::journal_claim, 3);
    call.add(keys_.journals()).add(keys_.journals_owners()).add(keys_.journals_telling());
    call.add(journal).add(owner_);
    connection_.run(redis::Script::journal_claim, std::move(call),
                    [this, done = std::move(done)](const Reply& reply) {
                        if (reply.is_error()) return done(reply.error());
                        claimed_ = true;
                        done(mark_of(reply.text));
                    });
}

void RedisJournalMarks::move(std::string journal, Mark expected, Mark next, bool telling,
                             Callback<Found> done) {
    Command call = redis::script_call(redis::Script::journal_mark, 3);
    call.add(keys_.journals())
        .add(keys_.journals_owners())
        .add(keys_.journals_telling())
        .add(journal)
        .add(owner_)
        .add(text_of(expected))
        .add(text_of(next))
        .add(telling ? std::to_string(telling_holds_ms) : std::string());
    connection_.run(redis::Script::journal_mark, std::move(call),
                    [done = std::move(done), we = owner_](const Reply& reply) {
                        if (reply.is_error()) return done(reply.error());
                        if (reply.items.size() != 3) return done(redis::unexpected_reply("journal_mark"));
                        done(Found{mark_of(reply.items[0].text), owner_of(reply.items[1].text, we),
                                   reply.items[2].integer != 0});
                    });
}

void RedisJournalMarks::release(std::vector<CaseId> cases, TimePoint now, Callback<std::monostate> done) {
    Command command("ZADD");
    command.add(keys_.wake()).add("XX");
    for (const auto& id : cases) command.add(redis::millis(now)).add(id.value);
    connection_.send(std::move(command),
                     [done = std::move(done)](const Reply& reply) { done(redis::read_done(reply)); });
}

}  // namespace alert
