#include "alert/redis/redis_case_store.hpp"

#include "alert/codec/event_json.hpp"
#include "alert/codec/snapshot_json.hpp"
#include "archived_case.hpp"
#include "commit_command.hpp"
#include "notification_value.hpp"
#include "number.hpp"
#include "reject_value.hpp"
#include "stored_case.hpp"

#include <algorithm>

namespace alert {

using redis::Command;
using redis::Reply;
using redis::Script;

namespace {

constexpr std::int64_t log_page = 1000;                       // entries read at a time
constexpr Duration corrupt_pause = std::chrono::seconds(10);  // for all daemons: one may be able to read it

Result<std::optional<StoredCase>> read_case(const CaseId& id, const Reply& reply) {
    if (reply.is_error()) return reply.error();
    if (reply.items.size() != 3) return redis::unexpected_reply("HMGET");
    const bool archived = redis::archived_version(reply.items[0]).has_value();  // see RedisCaseArchive::find
    if (reply.items[0].kind == Reply::Kind::nil || archived) return std::optional<StoredCase>();
    auto stored = redis::read_stored_case(id, reply.items[0], reply.items[1], reply.items[2]);
    if (!stored) return stored.error();
    return std::optional<StoredCase>(std::move(*stored));
}

Result<std::vector<std::optional<KnownEvent>>> read_events(const Reply& reply) {
    if (reply.is_error()) return reply.error();
    std::vector<std::optional<KnownEvent>> events;
    for (const auto& item : reply.items) {
        events.emplace_back();
        if (!item.is_text()) continue;
        auto value = redis::read_event_value(item.text);
        if (!value) return value.error();
        events.back() = KnownEvent{std::move(value->case_id), std::move(value->content_hash)};
    }
    return events;
}

CommitOutcome::Kind outcome_of(char letter) {
    if (letter == 'c') return CommitOutcome::Kind::committed;
    return letter == 'n' ? CommitOutcome::Kind::not_dead : CommitOutcome::Kind::conflict;
}

Result<CommitOutcome> read_outcome(const Reply& reply) {
    if (reply.is_error()) return reply.error();
    if (!reply.is_text() || reply.text.empty()) return redis::unexpected_reply("commit");
    const auto now = redis::read_millis(std::string_view(reply.text).substr(1));
    if (!now) return now.error();
    return CommitOutcome{outcome_of(reply.text[0]), *now};
}

Result<std::optional<Fact>> read_fact(const std::string& text) {
    auto entry = decode_log_entry(text);
    if (!entry) return entry.error();
    if (entry->kind != LogKind::fact) return std::optional<Fact>();
    auto event = decode_record(entry->record);
    if (!event) return event.error();
    return std::optional<Fact>(Fact{std::move(*event), entry->at, std::move(entry->via), entry->silent});
}

Result<WaitingPage> read_waiting(const Reply& reply) {
    if (reply.is_error()) return reply.error();
    if (reply.items.size() % 3 != 1) return redis::unexpected_reply("waiting");
    WaitingPage page;
    redis::read_number(reply.items[0].text, page.queued);
    for (std::size_t i = 1; i < reply.items.size(); i += 3) {
        const auto wake = redis::read_millis(reply.items[i + 1].text);
        WaitingCase waiting{.id = CaseId(reply.items[i].text)};
        if (!wake || !redis::read_number(reply.items[i + 2].text, waiting.version)) continue;
        waiting.wake = *wake;
        page.cases.push_back(std::move(waiting));
    }
    return page;
}

}  // namespace

RedisCaseStore::RedisCaseStore(redis::Connection& connection, redis::Keys keys, Observer& observer,
                               std::vector<redis::Connection*> writers)
    : connection_(connection), writers_(std::move(writers)), keys_(std::move(keys)), observer_(observer) {}

/// Case and events are two commands: whoever commits in between makes the case look older than the
/// events, and the commit that follows meets a conflict.
void RedisCaseStore::load(CaseQuery query, Callback<CaseAnswer> done) {
    auto answer = std::make_shared<Result<CaseAnswer>>(CaseAnswer{});
    Command case_command("HMGET");
    case_command.add(keys_.case_hash(query.id)).add("v").add("s").add("h");
    const bool with_events = !query.events.empty();
    connection_.send(std::move(case_command), [answer, with_events, done, id = query.id](const Reply& reply) {
        auto stored = read_case(id, reply);
        if (!stored)
            *answer = stored.error();
        else
            (*answer)->stored = std::move(*stored);
        if (!with_events) done(std::move(*answer));
    });
    if (!with_events) return;
    Command events_command("MGET");
    for (const auto& key : query.events) events_command.add(keys_.event(key));
    connection_.send(std::move(events_command),
                     [this, answer, id = std::move(query.id), done = std::move(done)](const Reply& reply) {
                         auto events = read_events(reply);
                         if (!answer->has_error() && !events) *answer = events.error();
                         if (!answer->has_error()) (*answer)->events = std::move(*events);
                         const bool known = !answer->has_error() &&
                                            std::any_of((*answer)->events.begin(), (*answer)->events.end(),
                                                        [](const auto& one) { return one.has_value(); });
                         if (!known) return done(std::move(*answer));
                         confirm(id, [answer, done](const Reply& confirmed) {
                             if (confirmed.is_error()) *answer = confirmed.error();
                             done(std::move(*answer));
                         });
                     });
}

/// Who is told that an event is known relies on it as on an answer: it must be where a commit must be.
void RedisCaseStore::confirm(const CaseId& id, redis::Connection::Handler then) {
    if (!connection_.waits_for_replicas()) return then(Reply{});
    writer_of(id).send_replicated(Command("PING"), std::move(then));
}

void RedisCaseStore::find_matter(std::string matter_key, Callback<std::optional<CaseId>> done) {
    Command command("ZRANGE");
    command.add(keys_.matter(matter_key)).add(0).add(0);
    connection_.send(std::move(command), [done = std::move(done)](Reply reply) {
        if (reply.is_error()) return done(reply.error());
        if (reply.items.empty()) return done(std::optional<CaseId>());
        done(std::optional<CaseId>(CaseId(std::move(reply.items.front().text))));
    });
}

void RedisCaseStore::load_log(CaseId id, Callback<std::vector<Fact>> done) {
    load_log_from(std::move(id), 0, std::make_shared<std::vector<Fact>>(), std::move(done));
}

/// A record only grows at its end, so pages read one after another fit together.
void RedisCaseStore::load_log_from(CaseId id, std::int64_t start, std::shared_ptr<std::vector<Fact>> facts,
                                   Callback<std::vector<Fact>> done) {
    Command command("LRANGE");
    command.add(keys_.log(id)).add(start).add(start + log_page - 1);
    connection_.send(std::move(command), [this, id, start, facts, done](const Reply& reply) mutable {
        if (reply.is_error()) return done(reply.error());
        for (const auto& item : reply.items) {
            auto fact = read_fact(item.text);
            if (!fact) return done(fact.error());
            if (*fact) facts->push_back(std::move(**fact));
        }
        if (static_cast<std::int64_t>(reply.items.size()) < log_page) return done(std::move(*facts));
        load_log_from(std::move(id), start + log_page, std::move(facts), std::move(done));
    });
}

void RedisCaseStore::commit(std::shared_ptr<const Transition> transition, Callback<CommitOutcome> done) {
    const auto refuse = [&](Error error) {
        connection_.command({"PING"}, [done = std::move(done), error = std::move(error)](const Reply& reply) {
            done(reply.is_error() ? reply.error() : error);
        });
    };
    if (transition->events.size() > commit_events_max || transition->counters.size() > commit_events_max)
        return refuse({"too_large", "a commit takes at most 2000 events and counters", ""});
    const auto policy = keeping(*transition);
    if (policy == Keeping::refused)
        return refuse({"policy_unkept", "Redis has not taken the policy that the case is to hold", ""});
    const bool behind_policy = policy == Keeping::asked;
    auto& writer = transition->cases.empty() || behind_policy ? connection_
                                                              : writer_of(transition->cases.front().next.id);
    writer.run_replicated(Script::commit, redis::commit_command(keys_, *transition),
                          [done = std::move(done)](const Reply& reply) { done(read_outcome(reply)); });
}

/// Of the policies that its cases are to hold; nothing when Redis has them.
std::optional<RedisCaseStore::Keeping> RedisCaseStore::keeping(const Transition& transition) const {
    std::optional<Keeping> found;
    if (unkept_.empty()) return found;
    for (const auto& change : transition.cases) {
        const auto at = unkept_.find(change.next.policy);
        if (at != unkept_.end() && found != Keeping::refused) found = at->second;
    }
    return found;
}

redis::Connection& RedisCaseStore::writer_of(const CaseId& id) {
    if (writers_.empty() || !connection_.up()) return connection_;
    const auto number = std::hash<CaseId>{}(id) % writers_.size();
    auto& writer = *writers_[number];
    return writer.up() && writer.server() == connection_.server() ? writer : connection_;
}

void RedisCaseStore::claim_due(TimePoint until, std::size_t limit, Duration lease, Callback<Claim> done) {
    const std::string queue = "wake";
    auto name = claims_.next(queue);
    Command call = redis::script_call(Script::claim_due, 2);
    call.add(keys_.wake())
        .add(keys_.claimed(claims_.queue(queue)))
        .add(connection_.time_instead())
        .add(redis::millis(until))
        .add(static_cast<std::int64_t>(std::min(limit, claim_max)))
        .add(std::min(lease, lease_max).count())
        .add(keys_.case_prefix())
        .add(name);
    connection_.run(Script::claim_due, std::move(call),
                    [this, queue, name = std::move(name), done = std::move(done)](const Reply& reply) {
                        auto claim = read_claim(reply);
                        if (!claim) claims_.lost(queue, name);
                        done(std::move(claim));
                    });
}

Result<Claim> RedisCaseStore::read_claim(const Reply& reply) {
    if (reply.is_error()) return reply.error();
    if (reply.items.size() % 4 != 2) return redis::unexpected_reply("claim_due");
    Claim claim;
    const auto now = redis::read_millis(reply.items[0].text);
    if (!now) return now.error();
    claim.now = *now;
    if (!reply.items[1].text.empty()) {
        const auto next = redis::read_millis(reply.items[1].text);
        if (!next) return next.error();
        claim.next = *next;
    }
    for (std::size_t i = 2; i < reply.items.size(); i += 4) {
        const std::string& name = reply.items[i].text;
        if (name.starts_with('~')) {
            claim.jobs.push_back(name);
            continue;
        }
        auto stored =
            redis::read_stored_case(CaseId(name), reply.items[i + 1], reply.items[i + 2], reply.items[i + 3]);
        if (stored)
            claim.cases.push_back(std::move(*stored));
        else
            postpone_corrupt(CaseId(name), claim.now, stored.error());
    }
    return claim;
}

void RedisCaseStore::waiting(std::size_t from, std::size_t limit, Callback<WaitingPage> done) {
    Command call = redis::script_call(Script::waiting, 1);
    call.add(keys_.wake())
        .add(static_cast<std::int64_t>(from))
        .add(static_cast<std::int64_t>(from + limit) - 1)
        .add(keys_.case_prefix());
    connection_.run(Script::waiting, std::move(call),
                    [done = std::move(done)](const Reply& reply) { done(read_waiting(reply)); });
}

/// It must neither hold up the others nor be forgotten.
void RedisCaseStore::postpone_corrupt(const CaseId& id, TimePoint now, const Error& error) {
    Command command("ZADD");
    command.add(keys_.wake()).add("XX").add(redis::millis(now + corrupt_pause)).add(id.value);
    connection_.send(std::move(command), [](const Reply&) {});  // else the lease brings it again
    observer_.troubled("case " + id.value, error);
    if (on_unreadable) on_unreadable(id, error);
}

void RedisCaseStore::keep_reject(Reject reject, Callback<std::monostate> done) {
    Command push("LPUSH"), trim("LTRIM"), expire("PEXPIRE");
    push.add(keys_.rejects()).add(redis::encode_reject(reject));
    trim.add(keys_.rejects()).add(0).add(static_cast<std::int64_t>(redis::rejects_max) - 1);
    expire.add(keys_.rejects()).add(redis::rejects_retention.count());
    connection_.send(std::move(push), [this, done = std::move(done)](const Reply& reply) {
        if (reply.integer > static_cast<std::int64_t>(redis::rejects_max))
            observer_.limit_hit("rejects_kept");
        done(redis::read_done(reply));
    });
    connection_.send(std::move(trim), [](const Reply&) {});  // the next one trims as well
    connection_.send(std::move(expire), [](const Reply&) {});
}

void RedisCaseStore::keep_policy(PolicyHash hash, std::string text, Callback<std::monostate> done) {
    Command command("SET");
    command.add(keys_.config(hash)).add(text).add("NX");
    unkept_[hash] = Keeping::asked;
    connection_.send(std::move(command), [this, hash, done = std::move(done)](const Reply& reply) {
        if (reply.is_error())
            unkept_[hash] = Keeping::refused;
        else
            unkept_.erase(hash);
        done(redis::read_done(reply));
    });
}

void RedisCaseStore::load_policy(PolicyHash hash, Callback<std::optional<std::string>> done) {
    Command command("GET");
    command.add(keys_.config(hash));
    connection_.send(std::move(command), [done = std::move(done)](Reply reply) {
        if (reply.is_error()) return done(reply.error());
        done(reply.is_text() ? std::optional(std::move(reply.text)) : std::nullopt);
    });
}

void RedisCaseStore::load_calendar_hash(Callback<std::optional<std::string>> done) {
    Command command("GET");
    command.add(keys_.calendar());
    connection_.send(std::move(command), [done = std::move(done)](Reply reply) {
        if (reply.is_error()) return done(reply.error());
        done(reply.is_text() ? std::optional(std::move(reply.text)) : std::nullopt);
    });
}

void RedisCaseStore::keep_calendar_hash(std::string hash, Callback<std::monostate> done) {
    Command command("SET");
    command.add(keys_.calendar()).add(hash);
    connection_.send(std::move(command),
                     [done = std::move(done)](const Reply& reply) { done(redis::read_done(reply)); });
}

void RedisCaseStore::schedule_job(std::string name, std::optional<TimePoint> at,
                                  Callback<std::monostate> done) {
    Command command(at ? "ZADD" : "ZREM");
    command.add(keys_.wake());
    if (at) command.add(redis::millis(*at));
    command.add(name);
    connection_.send(std::move(command),
                     [done = std::move(done)](const Reply& reply) { done(redis::read_done(reply)); });
}

void RedisCaseStore::plan_job(const std::string& name, TimePoint at, Callback<std::monostate> done) {
    Command command("ZADD");
    command.add(keys_.wake()).add("NX").add(redis::millis(at)).add(name);
    connection_.send(std::move(command),
                     [done = std::move(done)](const Reply& reply) { done(redis::read_done(reply)); });
}

}  // namespace alert
