// The archive's side of the cases in memory, and a shelf beside it; see port/archive.hpp. Both answer in one
// order with the store.
#pragma once

#include "alert/memory/memory_case_store.hpp"

#include <functional>
#include <map>

namespace alert {

class MemoryCaseArchive : public CaseArchive {
public:
    /// The store outlives it.
    explicit MemoryCaseArchive(MemoryCaseStore& store) : store_(store) {}

    void leaving(TimePoint before, std::string cursor, std::size_t limit,
                 Callback<LeavingPage> done) override;
    void record(CaseId id, Callback<std::vector<std::string>> done) override;
    void remove(CaseId id, std::uint64_t version, ArchivePlace place, Callback<bool> done) override;
    /// Here they are forgotten at once: the longest wait has passed.
    void let_expire(std::vector<EventKey> events, Duration after, Callback<std::monostate> done) override;
    void find(CaseId id, Callback<Whereabouts> done) override;
    void any(Callback<bool> done) override;
    void restore(std::shared_ptr<const ArchivedCase> archived, std::vector<AcceptedEvent> events,
                 Callback<std::monostate> done) override;

private:
    MemoryCaseStore& store_;
};

class MemoryShelf : public Shelf {
public:
    explicit MemoryShelf(MemoryCaseStore& store) : store_(store) {}

    void open(bool begun, Callback<std::monostate> done) override;
    void append(std::vector<ShelfLine> lines, Callback<std::vector<ArchivePlace>> done) override;
    void read(CaseId id, std::uint64_t version, ArchivePlace place,
              Callback<std::shared_ptr<const ArchivedCase>> done) override;

    std::map<std::string, std::string> files;
    bool broken = false;                      // nothing is written or read any more
    std::function<void()> on_append = [] {};  // lines were written, nobody was told yet

private:
    MemoryCaseStore& store_;
};

}  // namespace alert
