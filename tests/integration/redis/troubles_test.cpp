// The book of what is wrong with the daemon itself: one for all daemons, read back as it was written.
#include "alert/redis/trouble_book.hpp"

#include "integration/redis/jurisdiction.hpp"

using namespace redis_test;
using namespace contract;
using alert::KnownTrouble;
using alert::TimePoint;
using alert::TroubleBook;
using alert::TroubleId;
using alert::TroubleKind;
using Move = alert::TroubleMove::Kind;

namespace {

const TroubleId stuck{TroubleKind::channel, "duty.group-1"}, clock_jumped{TroubleKind::clock, ""};

KnownTrouble known(int minutes, std::uint32_t notices = 0) {
    const auto since = TimePoint(std::chrono::hours(400'000));
    return {since, since + std::chrono::minutes(minutes), since + 1ms, notices};
}

struct Room {
    Jurisdiction at;
    alert::RedisTroubleBook book{at.client.connection, at.keys};

    TroubleBook load() {
        return at.read<TroubleBook>([&](auto done) { book.load(done); });
    }
    void write(Move kind, const TroubleId& id, const KnownTrouble& what) {
        at.read<std::monostate>([&](auto done) { book.write({kind, id, what, {}}, done); });
    }
};

}  // namespace

TEST_CASE("Trouble book: what was seen first stays, what is kept is replaced, what is over is gone") {
    Room room;
    CHECK(room.load().empty());
    room.write(Move::enter, stuck, known(0));
    room.write(Move::enter, stuck, known(5));  // another daemon saw it a moment later
    room.write(Move::enter, clock_jumped, known(1, 1));
    CHECK(room.load() == TroubleBook{{stuck, known(0)}, {clock_jumped, known(1, 1)}});
    room.write(Move::keep, stuck, known(7, 3));
    CHECK(room.load().at(stuck) == known(7, 3));
    room.write(Move::forget, stuck, {});
    CHECK(room.load() == TroubleBook{{clock_jumped, known(1, 1)}});
}

TEST_CASE("Trouble book: entries that cannot be read are left out, and left alone") {
    Room room;
    room.write(Move::enter, stuck, known(0));
    room.at.raw({"HSET", room.at.keys.troubles(), "weather", "1 2 3 4"});
    room.at.raw({"HSET", room.at.keys.troubles(), "clock", "soon"});
    room.at.raw({"HSET", room.at.keys.troubles(), "rejects", "1 2"});
    CHECK(room.load() == TroubleBook{{stuck, known(0)}});
    CHECK(room.at.raw({"HLEN", room.at.keys.troubles()}) == "4");
}
