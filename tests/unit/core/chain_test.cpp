// The chain by itself: seals, and a walk over records that somebody touched.
#include "alert/core/chain.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace alert;
using Kind = ChainFinding::Kind;

namespace {

const ChainKey key("a key that Redis does not hold");

std::vector<std::string> chained(int entries, const ChainKey& with = key, const std::string& chain = "QS-1") {
    std::vector<std::string> record;
    std::string head;
    for (int i = 0; i < entries; ++i) {
        const std::string entry = R"({"n":)" + std::to_string(i) + R"(,"text":"an \"entry\""})";
        head = next_seal(with, chain, head, entry);
        record.push_back(with_seal(entry, head));
    }
    return record;
}

std::string head_of(const std::vector<std::string>& record) { return open_sealed(record.back())->seal; }

std::vector<ChainFinding> walk(const std::vector<std::string>& record, std::optional<std::string> head,
                               std::optional<std::string> anchor = {}, const ChainKey& with = key) {
    ChainWalk walk(with, "QS-1", std::move(anchor));
    for (const auto& text : record) walk.take(text);
    walk.finish(std::move(head));
    return walk.findings();
}

}  // namespace

TEST_CASE("Chain: a seal is the number of the entry and HMAC-SHA256, cut to 144 bits") {
    // printf 'QS-1\n\n{}' | openssl dgst -sha256 -hmac key -binary | head -c 18 | basenc --base64url
    CHECK(next_seal(ChainKey("key"), "QS-1", "", "{}") == "1.GHk47auABqRUEgzCeZeXmZdU");
    // printf 'QS-1\n\n{}' | openssl dgst -sha256 -binary | head -c 18 | basenc --base64url
    CHECK(next_seal(ChainKey(), "QS-1", "", "{}") == "1.o9H-k9Vyf0rk8AcOAr3iuJL6");
}

TEST_CASE("Chain: a seal goes into an object and comes out of it") {
    const auto seal = next_seal(key, "QS-1", "", R"({"a":1})");
    const auto text = with_seal(R"({"a":1})", seal);
    CHECK(text == R"({"a":1,"h":")" + seal + R"("})");
    const auto opened = open_sealed(text);
    REQUIRE(opened);
    CHECK(opened->entry == R"({"a":1})");
    CHECK(opened->seal == seal);
    CHECK(opened->number == 1);
    for (const char* broken :
         {"", "{}", R"({"a":1,"h":""})", R"({"a":1,"h":"1.short"})", R"(,"h":"})",
          R"({"h":"0.AAAAAAAAAAAAAAAAAAAAAAAA"})", R"({"a":1,"h":"1.AAAAAAAAAAAAAAAAAAAAAAAA")"})
        CHECK_FALSE(open_sealed(broken));
    CHECK(seal_number("01.AAAAAAAAAAAAAAAAAAAAAAAA") == 0);
    CHECK(seal_number("12.AAAAAAAAAAAAAAAAAAAAAAA*") == 0);
    CHECK(seal_number("12.AAAAAAAAAAAAAAAAAAAAAAAA") == 12);
}

TEST_CASE("Chain: an untouched record has nothing to find, keyed or not") {
    for (const auto& with : {key, ChainKey()}) {
        const auto record = chained(12, with);
        CHECK(walk(record, head_of(record), open_sealed(record[4])->seal, with).empty());
    }
    CHECK(walk({}, "").empty());
}

TEST_CASE("Chain: a record under another key, or of another case, is not taken for this one") {
    const auto record = chained(3);
    CHECK_FALSE(walk(record, head_of(record), {}, ChainKey("another")).empty());
    CHECK_FALSE(walk(record, head_of(record), {}, ChainKey()).empty());
    const auto other = chained(3, key, "QS-2");
    CHECK_FALSE(walk(other, head_of(other)).empty());
}

TEST_CASE("Chain: every removed entry is found and named") {
    const auto record = chained(6);
    for (std::size_t i = 0; i < record.size(); ++i) {
        auto less = record;
        less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
        const auto findings = walk(less, head_of(record));
        REQUIRE(findings.size() == 1);
        if (i + 1 < record.size())
            CHECK(findings[0] == ChainFinding{Kind::removed, i + 2});  // before the one behind it
        else
            CHECK(findings[0] == ChainFinding{Kind::truncated, i + 1});
    }
}

TEST_CASE("Chain: any two entries that changed places are found") {
    const auto record = chained(6);
    for (std::size_t i = 0; i < record.size(); ++i) {
        for (std::size_t j = i + 1; j < record.size(); ++j) {
            auto swapped = record;
            std::swap(swapped[i], swapped[j]);
            const auto findings = walk(swapped, head_of(record));
            CHECK(std::any_of(findings.begin(), findings.end(),
                              [](const auto& f) { return f.kind == Kind::reordered; }));
        }
    }
}

TEST_CASE("Chain: an entry told twice, or put in, is found") {
    const auto record = chained(4);
    auto twice = record;
    twice.insert(twice.begin() + 2, record[1]);
    CHECK(walk(twice, head_of(record)) == std::vector<ChainFinding>{{Kind::reordered, 2}});
    auto more = record;
    more.push_back(with_seal("{}", next_seal(ChainKey("guessed"), "QS-1", head_of(record), "{}")));
    CHECK(walk(more, head_of(record)) == std::vector<ChainFinding>{{Kind::changed, 5}, {Kind::forged, 5}});
}

TEST_CASE("Chain: what was cut off before the anchor is found, whoever has the key") {
    const auto record = chained(8);
    const auto anchor = open_sealed(record[5])->seal;
    const std::vector<std::string> cut(record.begin(), record.begin() + 4);
    CHECK(walk(cut, head_of(cut), anchor) == std::vector<ChainFinding>{{Kind::truncated, 6}});
    // Written anew from the third entry on, with the right key.
    std::vector<std::string> anew(record.begin(), record.begin() + 2);
    std::string head = head_of(anew);
    for (int i = 0; i < 6; ++i) {
        head = next_seal(key, "QS-1", head, "{}");
        anew.push_back(with_seal("{}", head));
    }
    CHECK(walk(anew, head).empty());
    CHECK(walk(anew, head, anchor) == std::vector<ChainFinding>{{Kind::forged, 6}});
}

TEST_CASE("Chain: a head or a case that is gone is told, and the list of findings is bounded") {
    const auto record = chained(3);
    CHECK(walk(record, "") == std::vector<ChainFinding>{{Kind::forged, 3}});
    CHECK(walk(record, std::nullopt) == std::vector<ChainFinding>{{Kind::missing, 0}});
    CHECK(walk(std::vector<std::string>(500, "{}"), "").size() == ChainWalk::findings_max);
}

TEST_CASE("Chain: a seal is a number of its own form, a dot and 24 digits of base64url, nothing else") {
    const std::string hash(24, 'A');
    CHECK(seal_number("999999999999999999." + hash) == 999'999'999'999'999'999U);
    CHECK(seal_number("1.abcXYZ019-_abcXYZ019-_ab") == 1);
    for (const auto& bad :
         {std::string(), hash, "12" + hash, "." + hash, "1234567890123456789." + hash, "x." + hash,
          "1x." + hash, "-1." + hash, "1." + hash + "A", "1.." + hash.substr(1)})
        CHECK(seal_number(bad) == 0);
    for (const char sign : {'@', '[', '`', '{', '/', ':', '+', '=', '^'})
        CHECK(seal_number("1." + hash.substr(1) + sign) == 0);
}

TEST_CASE("Chain: every finding has the word that interfaces use") {
    CHECK(to_string(Kind::changed) == "changed");
    CHECK(to_string(Kind::removed) == "removed");
    CHECK(to_string(Kind::reordered) == "reordered");
    CHECK(to_string(Kind::truncated) == "truncated");
    CHECK(to_string(Kind::forged) == "forged");
    CHECK(to_string(Kind::missing) == "missing");
}
