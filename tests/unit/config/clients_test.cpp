#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace alert;
using alert::test::at;
using alert::test::Scratch;
using alert::test::tells;
using alert::test::told;

namespace {

const std::string daemon_key = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";  // of RFC 26's examples
const std::string key_a = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
const std::string key_b = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

LoadedConfig with(const std::string& clients, const std::string& bind = "tcp://127.0.0.1:5570",
                  const std::string& curve = "{secret_key_file: curve.key, clients: clients.yaml}") {
    Scratch scratch;
    scratch.change("yuqingd.yaml", R"(  bind: ["tcp://127.0.0.1:5570"])",
                   "  bind: [\"" + bind + "\"]\n  curve: " + curve);
    return scratch.write("curve.key", daemon_key + "\n").write("clients.yaml", clients).load();
}

std::string one(const std::string& members) { return "clients:\n  - {" + members + "}\n"; }

const std::string good = one("name: a, role: monitor, key: '" + key_a + "'");

}  // namespace

TEST_CASE("Clients: names, roles, public keys and the day on which they end are read") {
    const auto loaded =
        with(one("name: 微博监测, role: monitor, key: '" + key_a + "', expires: 2027-06-30, rate: 20/1m") +
             "  - {name: hotline, role: operator, key: \"" + key_b + "\"}\n");
    INFO(told(loaded.errors));
    REQUIRE(loaded.config);
    const auto& curve = loaded.config->ingest.curve;
    REQUIRE(curve);
    CHECK(curve->secret_key == daemon_key);
    CHECK(curve->clients ==
          std::vector<CurveClient>{{"微博监测", ClientRole::monitor, key_a, at("2027-07-01T00:00:00+08:00"),
                                    RateLimit{20, std::chrono::minutes(1)}},
                                   {"hotline", ClientRole::operator_, key_b, std::nullopt, std::nullopt}});
}

TEST_CASE("Clients: with CURVE the door may be reached from other machines, by whoever is in the file") {
    for (const std::string open : {"tcp://0.0.0.0:5570", "tcp://*:5570", "tcp://10.1.2.3:5570"}) {
        CAPTURE(open);
        const auto loaded = with(good, open);
        REQUIRE(loaded.config);
        CHECK(loaded.config->ingest.bind == std::vector<std::string>{open});
    }
    CHECK(with("clients: []\n", "tcp://[fd00::1]:5570").config->ingest.bind.front() ==
          "tcp://[fd00::1]:5570");
    CHECK_FALSE(Scratch().load().config->ingest.curve);
}

TEST_CASE("Clients: what cannot be meant is refused with its line") {
    const auto entry = [](const std::string& members) { return with(one(members)).errors; };
    const auto role = "name: a, role: monitor, ";
    CHECK(
        tells(entry("name: a, role: chief, key: '" + key_a + "'"), "invalid", "clients.yaml:2", "operator"));
    for (const std::string bad :
         {"short", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hI", "%nSc0%nSc1%nSc1%nSc1%nSc1%nSc1%nSc1%nSc1",
          "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hI~"}) {
        CAPTURE(bad);
        CHECK(
            tells(entry(role + ("key: '" + bad + "'")), "invalid", "clients.yaml:2", "never the secret key"));
    }
    CHECK(tells(entry("role: admin, key: '" + key_a + "'"), "missing_key", "clients.yaml:2",
                "'name' is required"));
    CHECK(
        tells(entry("name: a, key: '" + key_a + "'"), "missing_key", "clients.yaml:2", "'role' is required"));
    CHECK(tells(entry("name: a, role: admin"), "missing_key", "clients.yaml:2", "'key' is required"));
    CHECK(tells(entry(role + ("key: '" + key_a + "', expires: soon")), "invalid", "clients.yaml:2",
                "as in 2027-06-30"));
    CHECK(
        tells(entry(role + ("key: '" + key_a + "', rate: 5")), "invalid", "clients.yaml:2", "like 1000/1s"));
    CHECK(tells(entry(role + ("kex: '" + key_a + "'")), "unknown_key", "clients.yaml:2",
                "did you mean 'key'?"));
    CHECK(tells(with(good + "  - {name: b, role: viewer, key: '" + key_a + "'}\n").errors, "duplicate",
                "clients.yaml:3", "another client"));
    CHECK(tells(with("people: []\n").errors, "missing_key", "clients.yaml:1", "'clients' is required"));
}

TEST_CASE("Clients: a section that leaves something out, or a key that is none, is refused with its line") {
    const auto curve = [](const std::string& section) {
        return with(good, "tcp://127.0.0.1:5570", section).errors;
    };
    CHECK(tells(curve("{clients: clients.yaml}"), "missing_key", "yuqingd.yaml:10",
                "'secret_key_file' is required in ingest.curve"));
    CHECK(tells(curve("{secret_key_file: curve.key}"), "missing_key", "yuqingd.yaml:10",
                "'clients' is required in ingest.curve"));
    const auto wrong = curve("{secret_key_file: duty.secret, clients: clients.yaml}");
    CHECK(tells(wrong, "invalid", "yuqingd.yaml:10", "holds no CURVE key"));
    CHECK(told(wrong).find("QUJDREVG") == std::string::npos);
    CHECK(tells(curve("{secret_key_file: no.key, clients: none.yaml}"), "unreadable", "yuqingd.yaml:10",
                "none.yaml"));
}

TEST_CASE("Clients: a key that expired is warned of") {
    const auto loaded = with(one("name: a, role: monitor, key: '" + key_a + "', expires: 2001-01-01"));
    REQUIRE(loaded.config);
    CHECK(tells(loaded.warnings, "expired", "clients.yaml:2", "the key of the client 'a' expired"));
}

TEST_CASE("Clients: new ones need no restart, another key of the daemon or CURVE itself does") {
    const auto none = Scratch().load(), some = with(good), nobody = with("clients: []\n");
    CHECK(needs_restart(*some.config, *nobody.config).empty());
    CHECK(needs_restart(*none.config, *some.config) == std::vector<std::string>{"ingest"});
    auto other = *some.config;
    other.ingest.curve->secret_key = key_b;
    CHECK(needs_restart(*some.config, other) == std::vector<std::string>{"ingest"});
}
