// The hash chain of a record: every entry carries a seal, `NUMBER.HASH`, over itself and the seal before it.
//
// HASH is HMAC-SHA256 under a key that Redis does not hold, cut to 144 bits, in base64url; without a key
// the chain is unkeyed: it then shows accidents, not intent. The seal is the last member of the entry's JSON
// (`,"h":"12.…"}`), so that every byte before it is covered as it lies in Redis. The anchors' file is chained
// in the same way. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alert {

class ChainKey {
public:
    ChainKey() = default;
    explicit ChainKey(std::string bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] bool keyed() const { return !bytes_.empty(); }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    friend bool operator==(const ChainKey&, const ChainKey&) = default;

private:
    std::string bytes_;
};

/// The seal of the next entry of `chain` (a case's id) behind the entry with seal `before`; empty: the first.
std::string next_seal(const ChainKey& key, std::string_view chain, std::string_view before,
                      std::string_view entry);

/// Puts a seal into an object's JSON, and takes it out again. Nothing: it is not there or not well formed.
std::string with_seal(std::string object, std::string_view seal);
struct Sealed {
    std::string entry;  // without its seal
    std::string seal;
    std::uint64_t number = 0;
};
std::optional<Sealed> open_sealed(std::string_view text);
/// Of a seal; 0 when it is none.
std::uint64_t seal_number(std::string_view seal);

/// A place where a record is not what it was.
struct ChainFinding {
    enum class Kind {
        changed,    // an entry's bytes, or its seal
        removed,    // entries are missing before this one
        reordered,  // an entry stands where it was not written
        truncated,  // entries are missing at the end
        forged,     // entries or a head that the chain or an anchor does not know
        missing,    // the whole case
    };
    Kind kind{};
    std::uint64_t entry = 0;  // number of the entry, counted from 1
    friend bool operator==(const ChainFinding&, const ChainFinding&) = default;
};
std::string_view to_string(ChainFinding::Kind kind);

/// Walks a chain from its first entry; takes it in pieces, whatever its length.
class ChainWalk {
public:
    ChainWalk(ChainKey key, std::string chain, std::optional<std::string> anchor = {});

    void take(std::string_view text);
    /// At the end: compares with the head that was kept beside the record, and with the anchored seal.
    void finish(std::optional<std::string> head);

    [[nodiscard]] std::uint64_t entries() const { return taken_; }
    [[nodiscard]] const std::string& last() const { return last_; }
    /// At most findings_max; a spoilt record needs no longer list.
    [[nodiscard]] const std::vector<ChainFinding>& findings() const { return findings_; }

    static constexpr std::size_t findings_max = 100;

private:
    void find(ChainFinding::Kind kind, std::uint64_t entry);

    ChainKey key_;
    std::string chain_;
    std::string last_;  // seal of the highest number so far
    std::optional<std::string> anchor_;
    bool anchor_met_ = false;
    std::uint64_t taken_ = 0;
    std::vector<ChainFinding> findings_;
};

}  // namespace alert
