#include "alert/redis/ledger_reader.hpp"

#include "stored_case.hpp"

#include <memory>
#include <utility>

namespace alert {

using redis::Command;
using redis::Reply;
using redis::Script;

bool CaseText::more() const { return entries.size() == LedgerReader::piece_entries; }

LedgerReader::LedgerReader(redis::Connection& connection, redis::Keys keys)
    : connection_(connection), keys_(std::move(keys)) {}

void LedgerReader::started(TimePoint from, TimePoint to, const std::string& cursor, std::size_t limit,
                           Callback<Started> done) {
    Command call = redis::script_call(Script::started, 1);
    const auto colon = cursor.find(':');  // SCORE:ID
    call.add(keys_.index_all())
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
    auto texts = std::make_shared<Result<std::vector<CaseText>>>(std::vector<CaseText>());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        Command snapshot("HGET");
        snapshot.add(keys_.case_hash(ids[i])).add("s");
        connection_.send(std::move(snapshot), [texts, id = ids[i]](const Reply& reply) {
            if (reply.is_error()) *texts = reply.error();
            if (*texts) (*texts)->push_back({id, reply.is_text() ? reply.text : std::string()});
        });
        const bool last = i + 1 == ids.size();
        piece(ids[i], 0, [texts, last, done](Result<CaseText> piece) {
            if (!piece) *texts = piece.error();
            if (*texts) (*texts)->back().entries = std::move(piece->entries);
            if (last) done(std::move(*texts));
        });
    }
}

void LedgerReader::piece(const CaseId& id, std::size_t first, Callback<CaseText> done) {
    Command log("LRANGE");
    const auto from = static_cast<std::int64_t>(first);
    log.add(keys_.log(id)).add(from).add(from + static_cast<std::int64_t>(piece_entries) - 1);
    connection_.send(std::move(log), [id, first, done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        CaseText piece{.id = id, .first = first};
        piece.entries.reserve(reply.items.size());
        for (const auto& item : reply.items) piece.entries.push_back(item.text);
        done(std::move(piece));
    });
}

}  // namespace alert
