// The local journal, and what the store says of it. Answers come later, never from inside the call.
//
// Of every entry the store is asked one thing: has it been told this? It keeps a mark for each journal, the
// sequence up to which it was told everything. A mark that went back, or is gone, is a store that lost
// something.
#pragma once

#include "alert/core/journal.hpp"
#include "alert/port/case_store.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace alert {

/// Where to read on. To begin with `after` is enough; the rest is the journal's own.
struct JournalCursor {
    std::uint64_t after = 0;  // entries up to this one are passed over
    std::string file;
    std::uint64_t offset = 0, line = 0;
};

struct JournalPage {
    std::vector<JournalEntry> entries;  // in their order; may be none before the end
    std::vector<Error> damaged;         // lines that could not be read, by file and line; passed over
    JournalCursor next;
    bool end = false;  // of what is written so far
};

class Journal {
public:
    virtual ~Journal() = default;
    /// Its name in the store. Empty: it could not be opened yet.
    [[nodiscard]] virtual std::string id() const = 0;
    /// The sequence that was written last; 0: none ever was.
    [[nodiscard]] virtual std::uint64_t last() const = 0;
    /// On the disk when `done` is told under which sequence; these only rise. Errors: `unwritable`, and
    /// `full` when what the store was not told yet fills it.
    virtual void append(JournalEntry entry, Callback<std::uint64_t> done) = 0;
    virtual void read(JournalCursor from, Callback<JournalPage> done) = 0;
    /// The store was told everything up to this: no more than that may ever be thrown away.
    virtual void told(std::uint64_t sequence) = 0;
    /// What this machine itself remembers of that, which may be less; nothing: it does not.
    [[nodiscard]] virtual std::optional<std::uint64_t> told_before() const = 0;
    /// Another journal has the same id, as a copy of this one. On the disk when `done`; should that fail it
    /// keeps the one it has.
    virtual void take_new_id(std::function<void()> done) = 0;
    /// What is written from now on has higher sequences than this.
    virtual void continue_after(std::uint64_t sequence) = 0;
};

/// What the store remembers of journals. A mark is moved by its owner, who claimed it last. Two who run with
/// copies of one journal claim one mark, so the first learns of the second.
class JournalMarks {
public:
    using Mark = std::optional<std::uint64_t>;
    enum class Owner { nobody, we, another };
    struct Found {
        Mark mark;  // as it was before
        Owner owner = Owner::we;
        bool others_telling = false;  // another journal tells the store again what it lost
    };

    virtual ~JournalMarks() = default;
    /// Makes us the owner of a journal's mark, whoever was; and says what it is.
    virtual void claim(std::string journal, Callback<Mark> done) = 0;
    /// Moves the mark of a journal if it is ours and still is what is expected, else leaves it. `telling`:
    /// others shall know that this journal is being told again; holds for 2 s.
    virtual void move(std::string journal, Mark expected, Mark next, bool telling, Callback<Found> done) = 0;
    /// Lets the timekeeper look at these cases now.
    virtual void release(std::vector<CaseId> cases, TimePoint now, Callback<std::monostate> done) = 0;
};

}  // namespace alert
