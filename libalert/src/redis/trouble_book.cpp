#include "alert/redis/trouble_book.hpp"

#include "stored_case.hpp"

#include <charconv>

namespace alert {

using redis::Command;
using redis::Reply;

namespace {

/// `since seen told notices`
std::string encode(const KnownTrouble& known) {
    std::string text;
    for (const TimePoint at : {known.since, known.seen, known.told})
        text.append(std::to_string(redis::millis(at))).append(" ");
    return text + std::to_string(known.notices);
}

std::optional<KnownTrouble> decode(const std::string& text) {
    std::int64_t numbers[4];
    const char* at = text.data();
    const char* const end = at + text.size();
    for (auto& number : numbers) {
        if (at != end && *at == ' ') ++at;
        const auto [next, code] = std::from_chars(at, end, number);
        if (code != std::errc{}) return std::nullopt;
        at = next;
    }
    const auto instant = [](std::int64_t millis) { return TimePoint(Duration(millis)); };
    return KnownTrouble{instant(numbers[0]), instant(numbers[1]), instant(numbers[2]),
                        static_cast<std::uint32_t>(numbers[3])};
}

}  // namespace

void RedisTroubleBook::load(Callback<TroubleBook> done) {
    Command command("HGETALL");
    command.add(keys_.troubles());
    connection_.send(std::move(command), [done = std::move(done)](const Reply& reply) {
        if (reply.is_error()) return done(reply.error());
        TroubleBook book;
        for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
            auto id = parse_trouble_id(reply.items[i].text);
            const auto known = decode(reply.items[i + 1].text);
            if (id && known) book.emplace(std::move(*id), *known);
        }
        done(std::move(book));
    });
}

void RedisTroubleBook::write(const TroubleMove& move, Callback<std::monostate> done) {
    using Kind = TroubleMove::Kind;
    Command command(move.kind == Kind::forget ? "HDEL" : move.kind == Kind::keep ? "HSET" : "HSETNX");
    command.add(keys_.troubles()).add(to_string(move.id));
    if (move.kind != Kind::forget) command.add(encode(move.known));
    connection_.send(std::move(command),
                     [done = std::move(done)](const Reply& reply) { done(redis::read_done(reply)); });
}

}  // namespace alert
