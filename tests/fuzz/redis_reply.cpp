// The first line says what Redis is asked, the rest is what it answers before it closes the connection.
// Whatever that is, whoever asked is told once; and the bytes are the same replies in whatever pieces
// they come.
#include "fuzz/demand.hpp"

#include "alert/memory/virtual_clock.hpp"
#include "alert/redis/case_reader.hpp"
#include "alert/redis/change_reader.hpp"
#include "alert/redis/daemon_roll.hpp"
#include "alert/redis/ledger_reader.hpp"
#include "alert/redis/record_reader.hpp"
#include "alert/redis/redis_case_archive.hpp"
#include "alert/redis/redis_case_store.hpp"
#include "alert/redis/redis_outbox.hpp"
#include "alert/redis/trouble_book.hpp"
#include "redis/reply_reader.hpp"
#include "support/loop.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <unistd.h>

#include <map>
#include <string>

namespace {

using alert::redis::Reply;
using fuzz::demand;
using Local = boost::asio::local::stream_protocol;

// --- the bytes alone

void print(const Reply& reply, std::string& out) {
    out += std::to_string(static_cast<int>(reply.kind)) + " " + std::to_string(reply.integer) + " " +
           reply.text + " " + std::string(reply.code) + "(";
    for (const auto& item : reply.items) print(item, out);
    out += ")";
}

std::string read_all(std::string_view bytes, std::size_t piece) {
    alert::redis::ReplyReader reader;
    std::string replies;
    while (!bytes.empty()) {
        const auto part = bytes.substr(0, piece);
        bytes.remove_prefix(part.size());
        reader.feed(part);
        while (const auto reply = reader.next()) print(*reply, replies);
    }
    return replies + reader.broken();
}

// --- a server of it

class Deaf : public alert::Observer {
public:
    void answered(std::string_view, const alert::Answer&, alert::Duration) override {}
    void committed(const alert::Transition&) override {}
    void attempted(const alert::Notification&, std::uint32_t, alert::DeliveryState,
                   const alert::DeliveryResult&) override {}
    void turned() override {}
    void troubled(std::string_view, const alert::Error&) override {}
    void limit_hit(std::string_view) override {}
};

/// What a sound server says to the handshake, all of it at once.
std::string welcome() {
    std::string text =
        "$13\r\nrole:master\r\n\r\n*4\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n$16\r\nmaxmemory-policy\r\n"
        "$10\r\nnoeviction\r\n*2\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n*4\r\n$11\r\nappendfsync\r\n"
        "$6\r\nalways\r\n$25\r\nno-appendfsync-on-rewrite\r\n$2\r\nno\r\n";
    for (std::size_t i = 0; i < alert::redis::script_count; ++i)
        text +=
            "$40\r\n" + std::string(alert::redis::script_sha(static_cast<alert::redis::Script>(i))) + "\r\n";
    return text + "*2\r\n$10\r\n1781246280\r\n$1\r\n0\r\n";
}

struct Scene {
    explicit Scene(boost::asio::io_context& io) : connection(io, options(), &clock), keys("qingshan") {}

    /// Of one attempt, however busy the machine is.
    static alert::redis::ConnectionOptions options() {
        return {.address = {.path = path()},
                .connect_timeout = yuqing::test::patience,
                .command_timeout = yuqing::test::patience,
                .backoff_min = std::chrono::hours(1),
                .backoff_max = std::chrono::hours(1)};
    }

    static std::string path() { return std::string(1, '\0') + "yuqing-fuzz-" + std::to_string(::getpid()); }

    template <class T>
    alert::Callback<T> once() {
        return [this](const alert::Result<T>& result) {
            ++told;
            if (!result) demand(!result.error().code.empty() && !result.error().message.empty(), "no words");
        };
    }

    alert::VirtualClock clock;
    Deaf observer;
    alert::redis::Connection connection;
    const alert::redis::Keys keys;
    int told = 0;
    alert::RedisCaseStore store{connection, keys, observer};
    alert::RedisOutbox outbox{connection, keys, observer};
    alert::CaseReader reader{connection, keys, observer};
    alert::ChangeReader changes{connection, keys, observer};
    alert::RecordReader record{connection, keys};
    alert::LedgerReader ledger{connection, keys};
    alert::RedisTroubleBook troubles{connection, keys};
    alert::RedisDaemonRoll roll{connection, keys};
};

const alert::CaseId id("QS-1");
const alert::ChannelId channel("c");
const alert::TimePoint then{alert::Duration(1'781'246'280'000)};
constexpr alert::Duration lease = std::chrono::seconds(1);

using Question = void (*)(Scene&);
const std::map<std::string_view, Question> questions = {
    {"load",
     [](Scene& s) {
         s.store.load({id, {{"s", "e"}}}, s.once<alert::CaseAnswer>());
     }},
    {"matter", [](Scene& s) { s.store.find_matter("m", s.once<std::optional<alert::CaseId>>()); }},
    {"log", [](Scene& s) { s.store.load_log(id, s.once<std::vector<alert::Fact>>()); }},
    {"commit",
     [](Scene& s) { s.store.commit(std::make_shared<alert::Transition>(), s.once<alert::CommitOutcome>()); }},
    {"due", [](Scene& s) { s.store.claim_due(then, 10, lease, s.once<alert::Claim>()); }},
    {"outbox", [](Scene& s) { s.outbox.claim(channel, then, 10, lease, s.once<alert::OutboxClaim>()); }},
    {"renew",
     [](Scene& s) {
         s.outbox.renew(channel, 0, alert::NotificationId("n"), lease, s.once<std::monostate>());
     }},
    {"page", [](Scene& s) { s.reader.page("", 10, s.once<alert::Page>()); }},
    {"find", [](Scene& s) { s.reader.find(id, 10, s.once<std::optional<alert::CaseRecord>>()); }},
    {"stats", [](Scene& s) { s.reader.stats(s.once<std::map<std::string, std::int64_t>>()); }},
    {"size", [](Scene& s) { s.reader.outbox_size(channel, s.once<alert::OutboxSize>()); }},
    {"dead", [](Scene& s) { s.reader.dead("", 10, s.once<alert::DeadPage>()); }},
    {"waiting",
     [](Scene& s) { s.reader.waiting(channel, 10, s.once<std::vector<alert::NotificationRecord>>()); }},
    {"rejects", [](Scene& s) { s.reader.rejects(then, 10, s.once<std::vector<alert::Reject>>()); }},
    {"since", [](Scene& s) { s.changes.since("0-0", 10, s.once<alert::Changes>()); }},
    {"look",
     [](Scene& s) {
         s.changes.look({.id = id, .first_entry = 0, .entries = 2}, s.once<std::optional<alert::SeenCase>>());
     }},
    {"record", [](Scene& s) { s.record.page(id, 0, s.once<alert::RecordPage>()); }},
    {"ids", [](Scene& s) { s.record.ids("", s.once<alert::RecordReader::Ids>()); }},
    {"heads", [](Scene& s) { s.record.heads({id}, s.once<std::vector<alert::RecordHead>>()); }},
    {"started", [](Scene& s) { s.ledger.started({}, then, "", 10, s.once<alert::LedgerReader::Started>()); }},
    {"cases", [](Scene& s) { s.ledger.cases({id}, s.once<std::vector<alert::CaseText>>()); }},
    {"daemons",
     [](Scene& s) {
         s.roll.enter({"one", "host", 1, then, then, {{"policy", "0"}}},
                      s.once<std::vector<alert::RunningDaemon>>());
     }},
    {"troubles", [](Scene& s) { s.troubles.load(s.once<alert::TroubleBook>()); }},
};

/// Asks through a connection of its own, answers with these bytes and no more.
void ask(Question question, std::string_view answer) {
    static boost::asio::io_context io;
    static Local::acceptor acceptor(io, Local::endpoint(Scene::path()));
    io.restart();
    Scene scene(io);
    scene.connection.start();
    Local::socket server(io);
    acceptor.accept(server);
    std::string heard(256 * 1024, '\0');
    demand(yuqing::test::run_until(io, [&] { return server.available() > 0; }), "no hand is shaken");
    io.poll();
    server.read_some(boost::asio::buffer(heard));
    boost::asio::write(server, boost::asio::buffer(welcome()));
    demand(yuqing::test::run_until(io, [&] { return scene.connection.up(); }),
           "the connection does not come up");
    question(scene);
    io.poll();
    boost::asio::write(server, boost::asio::buffer(answer));
    server.shutdown(Local::socket::shutdown_send);
    demand(yuqing::test::run_until(io, [&] { return !scene.connection.up(); }), "the end is not noticed");
    io.poll();
    demand(scene.told == 1, "whoever asked is not told once");
    scene.connection.stop();
    io.poll();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = fuzz::text(data, size);
    demand(read_all(rest, rest.size() + 1) == read_all(rest, 3), "other pieces make other replies");
    const auto question = questions.find(fuzz::take_until(rest, '\n'));
    if (question != questions.end()) ask(question->second, rest);
    return 0;
}
