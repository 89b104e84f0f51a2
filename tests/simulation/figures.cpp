#include "simulation/figures.hpp"

#include <iostream>

namespace yuqing::simulation {

namespace {

/// What must have been seen over a whole run; otherwise the simulation no longer tries it.
const char* const rare_states[] = {"superseded repeat",
                                   "passed over before due, told after",
                                   "excused",
                                   "recurring waived",
                                   "assignment void",
                                   "closed while overdue",
                                   "overdue on arrival",
                                   "answered late",
                                   "merge that would lead back",
                                   "merge chain",
                                   "lowering not applied",
                                   "closed unanswered",
                                   "published without approval",
                                   "mute in force",
                                   "withdrawn before it was told",
                                   "the only detection withdrawn",
                                   "refold from log",
                                   "conflict between daemons",
                                   "lease run out, taken over",
                                   "clock step seen by a daemon",
                                   "policy of an older day read back",
                                   "message overtaken",
                                   "a message delivered twice under one id",
                                   "fallback told",
                                   "dead letter",
                                   "step in a roster gap",
                                   "told again and different",
                                   "a time a little ahead"};

void add_all(std::map<std::string, std::uint64_t>& to, const std::map<std::string, std::uint64_t>& from) {
    for (const auto& [name, count] : from) to[name] += count;
}

void print_all(const char* title, const std::map<std::string, std::uint64_t>& counts) {
    std::cout << title << "\n";
    for (const auto& [name, count] : counts) std::cout << "  " << count << "\t" << name << "\n";
}

}  // namespace

void Figures::add(const Figures& other) {
    seeds += other.seeds;
    years += other.years;
    cases += other.cases;
    facts += other.facts;
    commits += other.commits;
    answers += other.answers;
    messages += other.messages;
    add_all(facts_by_type, other.facts_by_type);
    add_all(answers_by_status, other.answers_by_status);
    add_all(steps, other.steps);
    add_all(faults, other.faults);
    add_all(rare, other.rare);
}

void Figures::print() const {
    const double days = years * 365.25;
    std::cout << seeds << " seeds, " << years << " office-years, " << cases << " cases ("
              << static_cast<double>(cases) / days << " a day), " << facts << " facts ("
              << static_cast<double>(facts) / days << " a day), " << commits << " commits, " << answers
              << " answers, " << messages << " messages delivered\n";
    print_all("facts by type", facts_by_type);
    print_all("answers by status", answers_by_status);
    print_all("steps by reason", steps);
    print_all("faults by kind", faults);
    print_all("rare states", rare);
}

std::string Figures::missing() const {
    std::string names;
    for (const char* name : rare_states) {
        if (!rare.contains(name)) names += (names.empty() ? "" : ", ") + std::string(name);
    }
    return names;
}

}  // namespace yuqing::simulation
