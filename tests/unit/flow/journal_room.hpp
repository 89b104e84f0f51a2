// A daemon with a journal, on virtual time. The journal is a paper that outlives daemons and stores; the
// marks lie with the store.
#pragma once

#include "support/flow_room.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace yuqing::test {

class PaperJournal : public alert::Journal {
public:
    explicit PaperJournal(alert::MemoryCaseStore& answers) : answers_(answers) {}
    [[nodiscard]] std::string id() const override { return name; }
    [[nodiscard]] std::uint64_t last() const override { return last_; }
    void append(alert::JournalEntry entry, alert::Callback<std::uint64_t> done) override {
        if (broken) {
            answers_.post([done = std::move(done)] { done(alert::Error{"unwritable", "no room", ""}); });
            return;
        }
        entry.sequence = ++next_;
        entries.push_back(entry);
        answers_.post([this, sequence = entry.sequence, done = std::move(done)] {
            last_ = sequence;
            done(sequence);
        });
    }
    void read(alert::JournalCursor from, alert::Callback<alert::JournalPage> done) override {
        constexpr std::size_t page_entries = 3;
        alert::JournalPage page{.next = from};
        for (const auto& entry : entries) {
            if (entry.sequence <= from.after) continue;
            if (page.entries.size() == page_entries) break;
            page.entries.push_back(entry);
            page.next.after = entry.sequence;
        }
        page.end = entries.empty() || page.next.after >= entries.back().sequence;
        if (damaged) page.damaged.push_back({"damaged", "is not what was written", "paper:7"});
        answers_.post([done = std::move(done), page = std::move(page)]() mutable { done(std::move(page)); });
    }
    void told(std::uint64_t sequence) override { told_up_to = sequence; }
    [[nodiscard]] std::optional<std::uint64_t> told_before() const override { return told_up_to; }
    void take_new_id(std::function<void()> done) override {
        answers_.post([this, done = std::move(done)] {
            if (!broken) name += "-copy";
            done();
        });
    }
    void continue_after(std::uint64_t sequence) override { next_ = std::max(next_, sequence); }
    /// Of another daemon before this one.
    void inherit(const std::vector<alert::JournalEntry>& earlier) {
        entries = earlier;
        next_ = last_ = entries.empty() ? 0 : entries.back().sequence;
    }

    std::string name = "paper";
    std::vector<alert::JournalEntry> entries;
    bool broken = false, damaged = false;
    std::optional<std::uint64_t> told_up_to;

private:
    alert::MemoryCaseStore& answers_;
    std::uint64_t next_ = 0, last_ = 0;
};

class PaperMarks : public alert::JournalMarks {
public:
    explicit PaperMarks(alert::MemoryCaseStore& store) : store_(store) {}
    void claim(std::string journal, alert::Callback<Mark> done) override {
        owners[journal] = Owner::we;
        answer(std::move(done), mark_of(journal));
    }
    void move(std::string journal, Mark expected, Mark next, bool telling,
              alert::Callback<Found> done) override {
        const Found found{mark_of(journal), owner_of(journal), others_telling};
        if (found.owner == Owner::we && found.mark == expected && next) marks[journal] = *next;
        told_of_telling |= telling;
        answer(std::move(done), found);
    }
    void release(std::vector<alert::CaseId> cases, alert::TimePoint now,
                 alert::Callback<std::monostate> done) override {
        for (const auto& id : cases) store_.look_at(id, now);
        released += cases.size();
        store_.post([done = std::move(done)] { done(std::monostate{}); });
    }

    std::map<std::string, std::uint64_t> marks;
    std::map<std::string, Owner> owners;
    bool away = false, others_telling = false, told_of_telling = false;
    std::size_t released = 0;

private:
    [[nodiscard]] Mark mark_of(const std::string& journal) const {
        const auto at = marks.find(journal);
        return at == marks.end() ? Mark() : Mark(at->second);
    }
    [[nodiscard]] Owner owner_of(const std::string& journal) const {
        const auto at = owners.find(journal);
        return at == owners.end() ? Owner::nobody : at->second;
    }
    template <class T>
    void answer(alert::Callback<T> done, T found) {
        store_.post([this, done = std::move(done), found = std::move(found), lost = away] {
            done(lost ? alert::Result<T>(alert::Error{"redis_down", "away", ""}) : alert::Result<T>(found));
        });
    }

    alert::MemoryCaseStore& store_;
};

struct JournalRoom : FlowRoom {
    explicit JournalRoom(alert::JournalRules with = {}, const std::vector<alert::JournalEntry>& earlier = {},
                         std::map<std::string, std::uint64_t> marked = {}, alert::Duration later = {})
        : rules_of_journal(with) {
        clock.set(t0 + later);
        journal.inherit(earlier);
        marks.marks = std::move(marked);
        keeper.emplace(alert::JournalKeeper::Parts{journal, marks, clock, timers, recorder}, with);
        keeper->tell = [this](const alert::JournalEntry& entry, alert::JournalKeeper::Done done) {
            intake.tell_again(entry, std::move(done));
        };
        keeper->refuse = [this](const alert::JournalEntry& entry, const alert::Error& error) {
            intake.refuse_again(entry, error);
        };
        keeper->on_lost = [this] { ++losses; };
        intake.write_to(*keeper);
        keeper->start();
        timekeeper.start();
    }
    void store_up() {
        keeper->store_is(true);
        settle_now();
    }
    /// Somebody empties the store's marks, as FLUSHALL does.
    void forget_marks() {
        marks.marks.clear();
        marks.owners.clear();
    }
    /// One with a copy of the journal comes up, and tells the store more.
    void copy_claims(std::uint64_t and_moves_to) {
        marks.owners["paper"] = PaperMarks::Owner::another;
        marks.marks["paper"] = and_moves_to;
    }

    [[nodiscard]] std::vector<std::string> told_reasons() {
        std::vector<std::string> reasons;
        for (const auto& [id, message] : memory.messages().all())
            reasons.push_back(std::string(to_string(message.notification.reason)));
        return reasons;
    }

    alert::JournalRules rules_of_journal;
    PaperJournal journal{memory};
    PaperMarks marks{memory};
    std::optional<alert::JournalKeeper> keeper;
    int losses = 0;
};

}  // namespace yuqing::test
