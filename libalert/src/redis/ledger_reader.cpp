#include "alert/redis/ledger_reader.hpp"

#include "archived_case.hpp"
#include "stored_case.hpp"

#include <memory>
#include <utility>

namespace alert {

using redis::Command;
using redis::Reply;
using redis::Script;

namespace {

using Archived = Result<std::shared_ptr<const ArchivedCase>>;

CaseText rest_of(const Archived& archived, const CaseId& id, std::size_t first) {
    CaseText rest{.id = id, .first = first, .whole = true};
    if (!archived) {
        rest.unread = archived.error();
        return rest;
    }
    const auto& entries = (*archived)->entries;
    for (auto i = first; i < entries.size(); ++i) rest.entries.push_back(entries[i]);
    return rest;
}

}  // namespace

bool CaseText::more() const { return !whole && entries.size() == LedgerReader::piece_entries; }

/// Cases under way; those that were archived are read when all others are.
struct LedgerReader::Reading {
    struct Archived {
        std::size_t at;  // of texts
        Reply version, place;
    };
    std::size_t missing = 0;
    std::vector<CaseText> texts;
    std::vector<Archived> archived;
    std::optional<Error> error;
    Callback<std::vector<CaseText>> done;
};

LedgerReader::LedgerReader(redis::Connection& connection, redis::Keys keys, Shelf* shelf)
    : connection_(connection), keys_(std::move(keys)), shelf_(shelf) {}

void LedgerReader::started(TimePoint from, TimePoint to, const std::string& cursor, std::size_t limit,
                           Callback<Started> done) {
    Command call = redis::script_call(Script::started, 2);
    const auto colon = cursor.find(':');  // SCORE:ID
    call.add(keys_.index_all())
        .add(keys_.index_archived())
        .add(redis::millis(from))
        .add(redis::millis(to))
        .add(static_cast<std::int64_t>(limit))
        .add(cursor.substr(0, colon))
        .add(colon == std::string::npos ? std::string() : cursor.substr(colon + 1));
    connection_.run(Script::started, std::move(call), [limit, done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        if (reply.items.size() % 2 != 0) return done(redis::unexpected_reply("started"));
        Started page;
        for (std::size_t i = 0; i < reply.items.size(); i += 2) page.ids.emplace_back(reply.items[i].text);
        if (page.ids.size() == limit) page.next = reply.items.back().text + ":" + page.ids.back().value;
        done(std::move(page));
    });
}

void LedgerReader::cases(const std::vector<CaseId>& ids, Callback<std::vector<CaseText>> done) {
    if (ids.empty()) return done(std::vector<CaseText>());
    const auto reading = std::make_shared<Reading>(Reading{.missing = ids.size(), .done = std::move(done)});
    for (const auto& id : ids) {
        auto call = redis::record_call(keys_, id, 0, static_cast<std::int64_t>(piece_entries) - 1);
        connection_.run(Script::record, std::move(call), [this, reading, id](Reply reply) {
            take(*reading, id, std::move(reply));
            if (--reading->missing == 0) read_archived(reading);
        });
    }
}

void LedgerReader::take(Reading& reading, const CaseId& id, redis::Reply reply) {
    auto found = redis::read_fields(std::move(reply));
    if (!found) reading.error = found.error();
    if (reading.error) return;
    if (redis::archived_version(found->version))
        reading.archived.push_back(
            {reading.texts.size(), std::move(found->version), std::move(found->place)});
    CaseText text{.id = id, .snapshot = std::move(found->snapshot.text)};
    text.entries.reserve(found->entries.size());
    for (auto& entry : found->entries) text.entries.push_back(std::move(entry.text));
    reading.texts.push_back(std::move(text));
}

/// All at once, so that the shelf's thread and ours wait for each other once a page, not once a case.
void LedgerReader::read_archived(const std::shared_ptr<Reading>& reading) {
    if (reading->error) return reading->done(std::move(*reading->error));
    if (reading->archived.empty()) return reading->done(std::move(reading->texts));
    reading->missing = reading->archived.size();
    for (const auto& [at, version, place] : std::exchange(reading->archived, {})) {
        const auto taken = [reading, at = at](const Archived& found) {
            CaseText& text = reading->texts[at];
            text = rest_of(found, text.id, 0);
            if (found) text.snapshot = (*found)->snapshot;
            if (--reading->missing == 0) reading->done(std::move(reading->texts));
        };
        redis::read_archived(shelf_, reading->texts[at].id, version, place, taken);
    }
}

void LedgerReader::piece(const CaseId& id, std::size_t first, Callback<CaseText> done) {
    const auto from = static_cast<std::int64_t>(first);
    auto call = redis::record_call(keys_, id, from, from + static_cast<std::int64_t>(piece_entries) - 1);
    connection_.run(Script::record, std::move(call), [this, id, first, done = std::move(done)](Reply reply) {
        auto found = redis::read_fields(std::move(reply));
        if (!found) return done(found.error());
        if (redis::archived_version(found->version))  // it left since its first piece was read
            return redis::read_archived(
                shelf_, id, found->version, found->place,
                [id, first, done](const auto& archived) { done(rest_of(archived, id, first)); });
        CaseText piece{.id = id, .first = first};
        piece.entries.reserve(found->entries.size());
        for (auto& entry : found->entries) piece.entries.push_back(std::move(entry.text));
        done(std::move(piece));
    });
}

}  // namespace alert
