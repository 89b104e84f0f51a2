// See snapshot_names.hpp for the names.
#include "alert/codec/snapshot_json.hpp"

#include "snapshot_names.hpp"
#include "stored_reader.hpp"

#include <boost/json/string.hpp>

namespace alert {
namespace {

namespace json = boost::json;

class SnapshotReader {
public:
    SnapshotReader(StoredObject& members, Finding& finding) : in_(members), finding_(finding) {}

    Snapshot read(const CaseId& id) {
        Snapshot snapshot;
        snapshot.id = id;
        snapshot.policy = PolicyHash(in_.text("p"));
        keys();
        detections(snapshot.facts);
        judgements(snapshot.facts);
        answers(snapshot.facts);
        progress(snapshot.progress);
        return snapshot;
    }

private:
    static constexpr std::size_t no_limit = json::array::max_size();

    std::string text(const json::value& value) { return stored_text(value, finding_); }
    bool truth(const json::value& value) {
        if (!value.is_bool()) finding_.set("is neither true nor false");
        return value.is_bool() && value.get_bool();
    }
    std::optional<TimePoint> last_instant(const json::array& item, std::size_t at) {
        if (at >= item.size()) return std::nullopt;
        return stored_instant(item[at], finding_);
    }

    void keys() {
        const json::array* table = stored_array(in_.need("k"), 0, no_limit, finding_);
        if (!table) return;
        keys_.reserve(table->size());
        for (const json::value& entry : *table) {
            const json::array* key = stored_array(entry, keys_.empty() ? 3 : 2, 3, finding_);
            if (!key) return;
            keys_.push_back({stored_instant((*key)[0], finding_),
                             key->size() == 3 ? text((*key)[1]) : keys_.back().source,
                             text(*std::prev(key->end()))});
        }
    }
    FactKey key(const json::value& index) {
        const auto at = stored_number<std::uint32_t>(index, finding_);
        if (at < keys_.size()) return keys_[at];
        finding_.set("names a fact that is not in k");
        return {};
    }

    /// [key, ...] with `min` to `max` items in all; `rest` reads what follows the key.
    template <class T, class Rest>
    Told<T> told(const json::value& value, std::size_t min, std::size_t max, Rest rest) {
        const json::array* item = stored_array(value, min, max, finding_);
        return item ? Told<T>{key((*item)[0]), rest(*item)} : Told<T>{};
    }
    template <class T, class Rest>
    void told_if(std::string_view name, std::optional<Told<T>>& out, std::size_t size, Rest rest) {
        in_.if_there(name, [&](const json::value& v) { out = told<T>(v, size, size, rest); });
    }
    template <class T, class Rest>
    void history(std::string_view name, History<T>& out, std::size_t min, std::size_t max, Rest rest) {
        in_.if_there(name, [&](const json::value& value) {
            const json::array* items = stored_array(value, 1, history_max + 2, finding_);
            if (!items) return;
            auto item = items->begin();
            if (items->size() > 2 && item->is_number()) {
                out.dropped = stored_number<std::uint32_t>(*item++, finding_);
                if (!item->is_null()) out.first_dropped = key(*item);
                ++item;
            }
            out.items.reserve(static_cast<std::size_t>(items->end() - item));
            for (; item != items->end(); ++item) out.items.push_back(told<T>(*item, min, max, rest));
            if (out.items.size() > history_max) finding_.set("is too long");
        });
    }
    /// `each(name, value)` for the members of an object.
    template <class Each>
    void map(std::string_view name, Each each) {
        in_.if_there(name, [&](const json::value& value) {
            const json::object* members = value.if_object();
            if (!members) return finding_.set("is no object");
            for (const auto& [key_of_value, member] : *members) each(key_of_value, member);
        });
    }

    /// Names that are words of a closed list, each with a fact.
    template <class Parse, class Word>
    void words(std::string_view name, Parse parse, std::map<Word, FactKey>& out) {
        map(name, [&](std::string_view word, const json::value& value) {
            const auto known = parse(word);
            if (!known) return finding_.set("is no known word");
            out.emplace(*known, key(value));
        });
    }

    Assignment assignment(const json::array& item) {
        return {text(item[1]), stored_texts(item[2], finding_)};
    }
    Publication publication(const json::array& item) {
        return {stored_word(item[1], parse_response_kind, finding_), last_instant(item, 2)};
    }
    Assessment assessment(const json::array& item) {
        Assessment value;
        if (!item[1].is_null()) {
            value.incident_grade = stored_word(item[1], parse_incident_grade, finding_);
        }
        if (!item[2].is_null()) {
            value.opinion_level = stored_word(item[2], parse_opinion_level, finding_);
        }
        value.field = text(item[3]);
        value.reasoned = truth(item[4]);
        value.may_lower = truth(item[5]);
        return value;
    }
    StatusFact status(const json::array& item) {
        const std::string letter = text(item[1]);
        const auto change = letter.size() == 1 ? status_letters.find(letter) : letter.npos;
        if (change == letter.npos) finding_.set("is no known word");
        return {static_cast<StatusChange>(change), CaseId(text(item[2]))};
    }

    void detections(CaseFacts& facts) {
        in_.if_there("d", [&](const json::value& v) { facts.detected = key(v); });
        facts.first_recorded_at = in_.instant_if_there("r");
        in_.if_there("ld", [&](const json::value& v) { facts.last_detected = key(v); });
        in_.if_there(
            "n", [&](const json::value& v) { facts.detections = stored_number<std::uint32_t>(v, finding_); });
        for (const auto& [name, member] : told_texts) {
            told_if(name, facts.*member, 2, [&](const json::array& item) { return text(item[1]); });
        }
        told_if("du", facts.detected_unit, 3, [&](const json::array& i) { return assignment(i); });
        told_if("da", facts.detected_assist, 2,
                [&](const json::array& item) { return stored_texts(item[1], finding_); });
        told_if("ma", facts.matter, 2,
                [&](const json::array& item) { return stored_word(item[1], parse_matter, finding_); });
        told_if("he", facts.heat, 5, [&](const json::array& item) {
            const auto count = [&](std::size_t at) {
                return stored_number<std::int64_t>(item[at], finding_);
            };
            return Heat{count(1), count(2), count(3), count(4)};
        });
        facts.occurred_at = in_.instant_if_there("o");
        facts.due_given = in_.instant_if_there("dg");
        words("gr", parse_incident_grade, facts.grades);
        words("lv", parse_opinion_level, facts.levels);
    }

    void judgements(CaseFacts& facts) {
        const auto mark = [&](const json::array& i) { return stored_number<char>(i[1], finding_); };
        history("as", facts.assessments, 6, 6, [&](const json::array& i) { return assessment(i); });
        history("an", facts.assignments, 3, 3, [&](const json::array& i) { return assignment(i); });
        history("re", facts.returns, 2, 2, [&](const json::array& i) { return text(i[1]); });
        history("ac", facts.acknowledgements, 2, 2, mark);
        history("ap", facts.approvals, 2, 2, mark);
        history("st", facts.status, 3, 3, [&](const json::array& i) { return status(i); });
        history("mu", facts.mutes, 2, 2,
                [&](const json::array& i) { return Mute{stored_instant(i[1], finding_)}; });
        events("wd", facts.withdrawn);
        events("rm", facts.refused_merges);
        in_.if_there("ab", [&](const json::value& value) {
            for (std::string& id : stored_texts(value, finding_)) facts.absorbed.emplace(std::move(id));
        });
        facts.truncated = in_.truth_if_there("tr");
        history("ur", facts.unreadable, 2, 2, [&](const json::array& i) { return text(i[1]); });
    }

    void answers(CaseFacts& facts) {
        const auto publication_of = [&](const json::array& item) { return publication(item); };
        history("pu", facts.publications, 2, 3, publication_of);
        map("ps", [&](std::string_view kind, const json::value& value) {
            const auto known = parse_response_kind(kind);
            if (!known) finding_.set("is no known word");
            const json::array* item = stored_array(value, 2, 3, finding_);
            if (!known || !item) return;
            PublicationSummary& summary = facts.publication_summary[*known];
            summary.earliest = told<Publication>((*item)[0], 2, 3, publication_of);
            summary.dropped = stored_number<std::uint32_t>((*item)[1], finding_);
            if (item->size() == 3) summary.last_dropped = key((*item)[2]);
        });
        history("wa", facts.waivers, 4, 4, [&](const json::array& item) {
            return Waiver{text(item[1]), text(item[2]), text(item[3])};
        });
        map("co", [&](std::string_view name, const json::value& value) {
            facts.commitments.emplace(
                name, told<Commitment>(value, 4, 4, [&](const json::array& i) {
                    return Commitment{text(i[1]), text(i[2]), stored_instant(i[3], finding_)};
                }));
        });
        in_.if_there("cd", [&](const json::value& v) {
            facts.commitments_dropped = stored_number<std::uint32_t>(v, finding_);
        });
        map("ck", [&](std::string_view name, const json::value& value) {
            facts.commitments_kept.emplace(name, key(value));
        });
    }

    void progress(Progress& progress) {
        map("cl", [&](std::string_view name, const json::value& value) {
            progress.climbs.emplace(name, climb(value));
        });
        texts("to", progress.told);
        progress.renewed_told_at = in_.instant_if_there("rt");
        map("wk", [&](std::string_view name, const json::value& value) {
            progress.workday_dues.emplace(name, stored_instant(value, finding_));
        });
        map("cn", [&](std::string_view name, const json::value& value) {
            const std::string letter = text(value);
            if (letter.size() != 1) return finding_.set("is no letter");
            progress.counted.emplace(name, letter[0]);
        });
        progress.counted_class = in_.text_or_empty("cc");
    }
    Climb climb(const json::value& value) {
        Climb climb;
        const json::array* item = stored_array(value, 3, 3, finding_);
        if (!item) return climb;
        const json::array* late = stored_array((*item)[0], 0, no_limit, finding_);
        for (std::size_t i = 0; late && i < late->size(); ++i) {
            climb.told_late.insert(stored_number<std::uint32_t>((*late)[i], finding_));
        }
        pairs((*item)[1], [&](auto pair) { climb.rungs.insert(pair); });
        pairs((*item)[2], [&](auto pair) { climb.last_fired.push_back(pair); });
        return climb;
    }
    template <class Each>
    void pairs(const json::value& value, Each each) {
        const json::array* numbers = stored_array(value, 0, no_limit, finding_);
        if (!numbers) return;
        if (numbers->size() % 2 != 0) return finding_.set("has half a pair");
        for (std::size_t i = 0; i < numbers->size(); i += 2) {
            const auto number = [&](std::size_t at) {
                return stored_number<std::uint32_t>((*numbers)[at], finding_);
            };
            each(std::pair(number(i), number(i + 1)));
        }
    }

    void events(std::string_view name, std::set<EventKey>& out) {
        in_.if_there(name, [&](const json::value& value) {
            const json::array* events = stored_array(value, 1, no_limit, finding_);
            for (std::size_t i = 0; events && i < events->size(); ++i) {
                const json::array* event = stored_array((*events)[i], 2, 2, finding_);
                if (event) out.insert({text((*event)[0]), text((*event)[1])});
            }
        });
    }

    void texts(std::string_view name, std::set<std::string>& out) {
        in_.if_there(name, [&](const json::value& value) {
            for (std::string& each : stored_texts(value, finding_)) out.insert(std::move(each));
        });
    }

    StoredObject& in_;
    Finding& finding_;
    std::vector<FactKey> keys_;
};

}  // namespace

Result<Snapshot> decode_snapshot(const CaseId& id, std::string_view text) {
    return read_stored<Snapshot>(text, Snapshot::schema, [&](StoredObject& in, Finding& finding) {
        return SnapshotReader(in, finding).read(id);
    });
}

}  // namespace alert
