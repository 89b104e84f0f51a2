// simulate_seeds --seeds A..B [--years Y] [--trace] [--rare]: plays the seeds, prints the figures, fails with
// the first promise that was not kept. Every 50th seed is played twice and must leave the same trace.
#include "simulation/inspector.hpp"
#include "simulation/seed.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>

using namespace yuqing::simulation;

namespace {

constexpr std::uint64_t twice_every = 50;

struct Range {
    std::uint64_t from = 1, to = 1;
};

Range range_of(const std::string& text) {
    const auto dots = text.find("..");
    const auto from = std::stoull(text.substr(0, dots));
    return {from, dots == std::string::npos ? from : std::stoull(text.substr(dots + 2))};
}

/// False, and told how to see it again, when a promise was not kept.
bool play(std::uint64_t seed, double years, bool tell, Figures& figures) {
    try {
        const auto hash = play_seed(seed, years, tell, figures);
        if (seed % twice_every != 0) return true;
        Figures unused;
        if (play_seed(seed, years, false, unused) == hash) return true;
        std::cout << "seed " << seed << " left another trace when it was played again\n";
    } catch (const std::exception& error) {
        std::cout << "seed " << seed << ": " << error.what() << "\n";
    }
    std::cout << "see it again: build/bin/simulate_seeds --seeds " << seed << " --years " << years
              << " --trace\n";
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Plays seeds of the deterministic simulation.");
    std::string seeds = "1..20";
    double years = 0.2;
    bool trace = false, rare = false, go_on = false;
    app.add_option("--seeds", seeds, "A..B, or one");
    app.add_option("--years", years, "office-years of each seed");
    app.add_flag("--trace", trace, "print what happens");
    app.add_flag("--rare", rare, "fail when a rare state was never reached");
    app.add_flag("--go-on", go_on, "play all seeds, also after one that failed");
    CLI11_PARSE(app, argc, argv);
    const auto range = range_of(seeds);
    const auto began = std::chrono::steady_clock::now();
    Figures figures;
    int failed = 0;
    for (auto seed = range.from; seed <= range.to; ++seed) {
        if (play(seed, years, trace, figures)) continue;
        ++failed;
        if (!go_on) return 1;
    }
    figures.print();
    std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() << " s\n";
    const auto missing = figures.missing();
    if (!missing.empty()) std::cout << "never reached: " << missing << "\n";
    return failed > 0 || (rare && !missing.empty()) ? 1 : 0;
}
