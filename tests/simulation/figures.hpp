// What a run did, counted: load, facts by type, steps by reason, faults by kind, rare states reached.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace yuqing::simulation {

struct Figures {
    std::uint64_t seeds = 0, cases = 0, facts = 0, commits = 0, answers = 0, messages = 0;
    double years = 0;
    std::map<std::string, std::uint64_t> facts_by_type, answers_by_status, steps, faults, rare;

    void add(const Figures& other);
    void print() const;
    /// Rare states that were never reached; all of them are named in figures.cpp.
    [[nodiscard]] std::string missing() const;
};

/// FNV-1a over what happened: the same seed gives the same hash.
class Trace {
public:
    void note(std::string_view text) {
        for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
        hash_ = (hash_ ^ 0xFF) * 0x100000001B3ULL;
    }
    [[nodiscard]] std::uint64_t hash() const { return hash_; }

private:
    std::uint64_t hash_ = 0xCBF29CE484222325ULL;
};

}  // namespace yuqing::simulation
