// See snapshot_names.hpp for the names.
#include "alert/codec/snapshot_json.hpp"

#include "json_writer.hpp"
#include "snapshot_names.hpp"

#include <unordered_map>

namespace alert {
namespace {

constexpr std::size_t usual_snapshot_bytes = 1024;

/// Every fact's key once, in the order of first use.
class KeyTable {
public:
    std::int64_t index_of(const FactKey& key) {
        // Members of one detection stand side by side: mostly it is the last key again.
        if (!keys_.empty() && *keys_[last_] == key) return static_cast<std::int64_t>(last_);
        const auto [at, added] = places_.try_emplace(&key, keys_.size());
        if (added) keys_.push_back(&key);
        last_ = at->second;
        return static_cast<std::int64_t>(last_);
    }

    void write(JsonWriter& json) const {
        json.open_array();
        const std::string* source = nullptr;
        for (const FactKey* key : keys_) {
            json.open_array();
            json.instant(key->time);
            if (!source || *source != key->source) json.text(key->source);
            source = &key->source;
            json.text(key->id);
            json.close_array();
        }
        json.close_array();
    }

private:
    struct Hash {
        std::size_t operator()(const FactKey* key) const noexcept {
            const auto time = static_cast<std::size_t>(key->time.time_since_epoch().count());
            return std::hash<std::string>{}(key->id) * 31 + time;
        }
    };
    struct Equal {
        bool operator()(const FactKey* a, const FactKey* b) const noexcept { return *a == *b; }
    };
    std::vector<const FactKey*> keys_;  // into the snapshot being written
    std::unordered_map<const FactKey*, std::size_t, Hash, Equal> places_;
    std::size_t last_ = 0;
};

class SnapshotWriter {
public:
    explicit SnapshotWriter(std::string& out) : json_(out) {}

    void write(const Snapshot& snapshot) {
        json_.open_object();
        json_.member_number("v", Snapshot::schema);
        json_.member("p", snapshot.policy.value);
        detections(snapshot.facts);
        judgements(snapshot.facts);
        answers(snapshot.facts);
        progress(snapshot.progress);
        json_.name("k");
        keys_.write(json_);
        json_.close_object();
    }

private:
    void key(const FactKey& key) { json_.number(keys_.index_of(key)); }

    /// [key, ...]: `rest` writes what follows.
    template <class T, class Rest>
    void told(const Told<T>& told, Rest rest) {
        json_.open_array();
        key(told.key);
        rest(told.value);
        json_.close_array();
    }
    template <class T, class Rest>
    void told_if(std::string_view name, const std::optional<Told<T>>& value, Rest rest) {
        if (!value) return;
        json_.name(name);
        told(*value, rest);
    }
    template <class T, class Rest>
    void history(std::string_view name, const History<T>& history, Rest rest) {
        if (history.empty()) return;
        json_.name(name);
        json_.open_array();
        if (history.dropped != 0) {
            json_.number(history.dropped);
            if (history.first_dropped)
                key(*history.first_dropped);
            else
                json_.null();
        }
        for (const Told<T>& item : history) told(item, rest);
        json_.close_array();
    }
    template <class Texts>
    void texts(const Texts& texts) {
        json_.open_array();
        for (const std::string& text : texts) json_.text(text);
        json_.close_array();
    }
    void events(std::string_view name, const std::set<EventKey>& events) {
        if (events.empty()) return;
        json_.name(name);
        json_.open_array();
        for (const EventKey& event : events) texts(std::array{event.source, event.id});
        json_.close_array();
    }
    void instant_if(std::string_view name, const std::optional<TimePoint>& at) {
        if (at) json_.member(name, *at);
    }
    template <class Word>
    void word_or_null(const std::optional<Word>& word) {
        if (word) {
            json_.text(to_string(*word));
        } else {
            json_.null();
        }
    }
    void assignment(const Assignment& value) {
        json_.text(value.lead_unit);
        texts(value.assist_units);
    }
    void publication(const Publication& value) {
        json_.text(to_string(value.kind));
        if (value.approved_at) json_.instant(*value.approved_at);
    }

    void detections(const CaseFacts& facts) {
        if (facts.detected) json_.name("d"), key(*facts.detected);
        instant_if("r", facts.first_recorded_at);
        if (facts.last_detected) json_.name("ld"), key(*facts.last_detected);
        if (facts.detections != 0) json_.member_number("n", facts.detections);
        for (const auto& [name, member] : told_texts) {
            told_if(name, facts.*member, [&](const std::string& text) { json_.text(text); });
        }
        told_if("du", facts.detected_unit, [&](const Assignment& value) { assignment(value); });
        told_if("da", facts.detected_assist, [&](const auto& units) { texts(units); });
        told_if("ma", facts.matter, [&](Matter matter) { json_.text(to_string(matter)); });
        told_if("he", facts.heat, [&](const Heat& heat) {
            for (const auto count : {heat.views, heat.reposts, heat.comments, heat.likes}) {
                json_.number(count);
            }
        });
        instant_if("o", facts.occurred_at);
        instant_if("dg", facts.due_given);
        map("gr", facts.grades, [&](const FactKey& earliest) { key(earliest); });
        map("lv", facts.levels, [&](const FactKey& earliest) { key(earliest); });
    }

    void judgements(const CaseFacts& facts) {
        history("as", facts.assessments, [&](const Assessment& value) {
            word_or_null(value.incident_grade);
            word_or_null(value.opinion_level);
            json_.text(value.field);
            json_.boolean(value.reasoned);
            json_.boolean(value.may_lower);
        });
        history("an", facts.assignments, [&](const Assignment& value) { assignment(value); });
        history("re", facts.returns, [&](const std::string& unit) { json_.text(unit); });
        history("ac", facts.acknowledgements, [&](char value) { json_.number(value); });
        history("ap", facts.approvals, [&](char value) { json_.number(value); });
        history("st", facts.status, [&](const StatusFact& value) {
            json_.text(status_letters.substr(static_cast<std::size_t>(value.change), 1));
            json_.text(value.into.value);
        });
        history("mu", facts.mutes, [&](const Mute& mute) { json_.instant(mute.until); });
        events("wd", facts.withdrawn);
        events("rm", facts.refused_merges);
        if (!facts.absorbed.empty()) {
            json_.name("ab");
            json_.open_array();
            for (const CaseId& id : facts.absorbed) json_.text(id.value);
            json_.close_array();
        }
        if (facts.truncated) json_.name("tr"), json_.boolean(true);
        history("ur", facts.unreadable, [&](const std::string& member) { json_.text(member); });
    }

    void answers(const CaseFacts& facts) {
        history("pu", facts.publications, [&](const Publication& value) { publication(value); });
        map("ps", facts.publication_summary, [&](const PublicationSummary& summary) {
            json_.open_array();
            told(summary.earliest, [&](const Publication& value) { publication(value); });
            json_.number(summary.dropped);
            if (summary.last_dropped) key(*summary.last_dropped);
            json_.close_array();
        });
        history("wa", facts.waivers, [&](const Waiver& value) {
            json_.text(value.obligation);
            json_.text(value.by);
            json_.text(value.reason);
        });
        map("co", facts.commitments, [&](const Told<Commitment>& commitment) {
            told(commitment, [&](const Commitment& value) {
                json_.text(value.id);
                json_.text(value.text);
                json_.instant(value.due);
            });
        });
        if (facts.commitments_dropped != 0) json_.member_number("cd", facts.commitments_dropped);
        map("ck", facts.commitments_kept, [&](const FactKey& kept) { key(kept); });
    }

    void progress(const Progress& progress) {
        map("cl", progress.climbs, [&](const Climb& climb) {
            json_.open_array();
            json_.open_array();
            for (const auto rung : climb.told_late) json_.number(rung);
            json_.close_array();
            pairs(climb.rungs);
            pairs(climb.last_fired);
            json_.close_array();
        });
        if (!progress.told.empty()) json_.name("to"), texts(progress.told);
        instant_if("rt", progress.renewed_told_at);
        map("wk", progress.workday_dues, [&](TimePoint due) { json_.instant(due); });
        map("cn", progress.counted, [&](char letter) { json_.text({&letter, 1}); });
        json_.member_if("cc", progress.counted_class);
    }

    template <class Pairs>
    void pairs(const Pairs& pairs) {
        json_.open_array();
        for (const auto& [first, second] : pairs) json_.number(first), json_.number(second);
        json_.close_array();
    }

    static std::string_view name_of(const std::string& name) { return name; }
    template <class Word>
    static std::string_view name_of(Word word) {
        return to_string(word);
    }

    template <class Map, class Write>
    void map(std::string_view name, const Map& values, Write write) {
        if (values.empty()) return;
        json_.name(name);
        json_.open_object();
        for (const auto& [key_of_value, value] : values) {
            json_.name(name_of(key_of_value));
            write(value);
        }
        json_.close_object();
    }

    JsonWriter json_;
    KeyTable keys_;
};

}  // namespace

std::string encode_snapshot(const Snapshot& snapshot) {
    std::string out;
    out.reserve(usual_snapshot_bytes);
    SnapshotWriter(out).write(snapshot);
    return out;
}

}  // namespace alert
