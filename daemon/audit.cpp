#include "audit.hpp"

#include "alert/codec/json_parts.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::size_t anchor_rounds_max = 2000;  // of 500 heads each; then the rest waits for the next night
constexpr std::size_t anchored_cases_a_page = 500;
constexpr std::size_t findings_a_page_max = 1000;
constexpr std::string_view cases_cursor = "cases:", anchors_cursor = "anchors:";

std::string message_of(const alert::ChainFinding& finding) {
    using Kind = alert::ChainFinding::Kind;
    const auto entry = std::to_string(finding.entry);
    switch (finding.kind) {
        case Kind::changed: return "entry " + entry + " is not what was written";
        case Kind::removed: return "entries before entry " + entry + " are gone";
        case Kind::reordered: return "entry " + entry + " does not stand where it was written";
        case Kind::truncated: return "entry " + entry + " and what followed it are gone";
        case Kind::forged: return "head or anchor do not fit the record at entry " + entry;
        case Kind::missing: break;
    }
    return "the case is gone";
}

/// A record that lies in a file of the archive which is gone or not what was written: told with the file, and
/// the other cases are walked on.
bool is_of_archive(const alert::Error& error) {
    return error.code == "archive_unreadable" || error.code == "archive_damaged";
}

json::object unread_json(const alert::CaseId& id, const alert::Error& error) {
    return {{"case", id.value}, {"kind", error.code}, {"entry", 0}, {"message", error.message}};
}

json::object finding_json(const std::optional<alert::CaseId>& id, const alert::ChainFinding& finding) {
    return {{"case", alert::text_or_null(id ? id->value : "")},
            {"kind", alert::to_string(finding.kind)},
            {"entry", finding.entry},
            {"message", message_of(finding)}};
}

/// See RecordReader::ids().
bool is_scan_cursor(std::string_view text) {
    if (text.starts_with('a')) text.remove_prefix(1);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return text.empty() || (error == std::errc{} && end == text.data() + text.size());
}

}  // namespace

/// One answer under way.
struct Audit::Page {
    std::vector<alert::CaseId> ids;
    std::size_t at = 0, cases = 0;
    std::uint64_t entries = 0;
    json::array findings;
    std::string next;
    bool more_findings = false;
    bool alone = false;  // one case was asked for
    std::shared_ptr<const Anchors> anchors;
    Told done;

    void find(json::object finding) {
        if (findings.size() < findings_a_page_max)
            findings.push_back(std::move(finding));
        else
            more_findings = true;
    }
    void find(const std::optional<alert::CaseId>& id, const alert::ChainFinding& finding) {
        find(finding_json(id, finding));
    }
    [[nodiscard]] std::optional<std::string> anchor_of(const alert::CaseId& id) const {
        const auto found = anchors->heads.find(id);
        return found == anchors->heads.end() ? std::nullopt : std::optional(found->second);
    }
};

struct Audit::Walk {
    alert::CaseId id;
    alert::ChainWalk chain;
    std::size_t from = 0;
};

Audit::Audit(const alert::Config& config, alert::redis::Connection& connection, alert::Clock& clock,
             alert::Observer& observer, alert::Shelf* shelf)
    : reader_(connection, alert::redis::Keys(config.jurisdiction), shelf),
      file_(config.audit.anchors, config.audit.key, config.jurisdiction, config.zone),
      clock_(clock),
      observer_(observer),
      key_(config.audit.key) {}

void Audit::anchor(std::function<void(bool)> done) { anchor_more(0, std::move(done)); }

/// A head is taken from the changed ones only when its line is on the disk: a crash has it written again.
void Audit::anchor_more(std::size_t rounds, std::function<void(bool)> done) {
    reader_.changed(
        [this, rounds, done = std::move(done)](alert::Result<std::vector<alert::RecordHead>> heads) {
            const auto fail = [&](const alert::Error& error) {
                observer_.troubled("anchors", error);
                done(false);
            };
            if (!heads) return fail(heads.error());
            if (heads->empty()) return done(true);
            AnchorFile::Heads line;
            for (const auto& head : *heads)
                if (head.seal && !head.seal->empty()) line.emplace_back(head.id, *head.seal);
            if (!line.empty())
                if (const auto written = file_.append(line, clock_.now()); !written)
                    return fail(written.error());
            if (rounds >= anchor_rounds_max) observer_.limit_hit("anchor_rounds");
            const bool more = heads->size() == alert::RecordReader::heads_max && rounds < anchor_rounds_max;
            reader_.anchored(*heads, [this, rounds, more, done](alert::Result<std::monostate> taken) {
                if (!taken) {
                    observer_.troubled("anchors", taken.error());
                    return done(false);
                }
                if (!more) return done(true);
                anchor_more(rounds + 1, done);
            });
        });
}

std::shared_ptr<Audit::Page> Audit::new_page(Told done) {
    auto anchors = file_.configured() ? file_.read() : std::make_shared<const Anchors>();
    if (!anchors) {
        done(anchors.error());
        return nullptr;
    }
    auto page = std::make_shared<Page>();
    page->anchors = std::move(*anchors);
    page->done = std::move(done);
    return page;
}

void Audit::verify(alert::CaseId id, Told done) {
    const auto page = new_page(std::move(done));
    if (!page) return;
    page->ids.push_back(std::move(id));
    page->alone = true;
    walk_next(page);
}

void Audit::verify_page(const std::string& cursor, Told done) {
    std::string_view rest = cursor;
    const bool of_anchors = rest.starts_with(anchors_cursor);
    if (of_anchors)
        rest.remove_prefix(anchors_cursor.size());
    else if (rest.starts_with(cases_cursor))
        rest.remove_prefix(cases_cursor.size());
    if (!of_anchors && !is_scan_cursor(rest))
        return done(alert::Error{"invalid", "not a cursor of this list", "cursor"});
    const auto page = new_page(std::move(done));
    if (!page) return;
    if (of_anchors) return anchored_page(page, std::string(rest));
    if (rest.empty())
        for (const auto& finding : page->anchors->findings) page->find(std::nullopt, finding);
    reader_.ids(std::string(rest), [this, page](alert::Result<alert::RecordReader::Ids> found) {
        if (!found) return page->done(found.error());
        page->ids = std::move(found->ids);
        if (!found->next.empty())
            page->next = std::string(cases_cursor) + found->next;
        else if (!page->anchors->heads.empty())
            page->next = anchors_cursor;
        walk_next(page);
    });
}

/// Cases that anchors name and Redis does not have; those it has were walked on their own page.
void Audit::anchored_page(const std::shared_ptr<Page>& page, const std::string& after) {
    const auto& heads = page->anchors->heads;
    auto at = heads.upper_bound(alert::CaseId(after));
    std::vector<alert::CaseId> ids;
    for (; at != heads.end() && ids.size() < anchored_cases_a_page; ++at) ids.push_back(at->first);
    if (ids.empty()) return finish(page);
    if (at != heads.end()) page->next = std::string(anchors_cursor) + ids.back().value;
    reader_.heads(std::move(ids), [this, page](alert::Result<std::vector<alert::RecordHead>> found) {
        if (!found) return page->done(found.error());
        for (const auto& head : *found)
            if (!head.seal) page->find(head.id, {alert::ChainFinding::Kind::missing, 0});
        finish(page);
    });
}

void Audit::walk_next(const std::shared_ptr<Page>& page) {
    if (page->at == page->ids.size()) return finish(page);
    const auto& id = page->ids[page->at++];
    const auto anchor = page->anchor_of(id);
    walk_on(page, std::make_shared<Walk>(Walk{id, alert::ChainWalk(key_, id.value, anchor)}));
}

void Audit::walk_on(const std::shared_ptr<Page>& page, const std::shared_ptr<Walk>& walk) {
    reader_.page(walk->id, walk->from, [this, page, walk](alert::Result<alert::RecordPage> found) {
        if (!found && !is_of_archive(found.error())) return page->done(found.error());
        if (!found) {
            page->find(unread_json(walk->id, found.error()));
            return walk_next(page);
        }
        for (const auto& entry : found->entries) walk->chain.take(entry);
        walk->from += found->entries.size();
        if (!found->last) return walk_on(page, walk);
        const bool unknown = !found->head.seal && walk->from == 0 && !page->anchor_of(walk->id);
        if (page->alone && unknown)
            return page->done(alert::Error{"not_found", "there is no case " + walk->id.value, "case"});
        walk->chain.finish(found->head.seal);
        for (const auto& finding : walk->chain.findings()) page->find(walk->id, finding);
        ++page->cases;
        page->entries += walk->chain.entries();
        walk_next(page);
    });
}

/// What no walk can tell, as codes that yuqingctl puts into words.
void Audit::finish(const std::shared_ptr<Page>& page) const {
    json::array unknown;
    const auto& anchors = *page->anchors;
    if (!key_.keyed()) unknown.emplace_back("unkeyed");
    unknown.emplace_back(anchors.last_at.empty() ? "no_anchors" : "after_anchor");
    if (key_.keyed()) unknown.emplace_back("key_holder");
    unknown.emplace_back("unanchored_cases");
    json::object body;
    body["cases"] = page->cases;
    body["entries"] = page->entries;
    body["findings"] = std::move(page->findings);
    body["more_findings"] = page->more_findings;
    body["keyed"] = key_.keyed();
    body["anchors"] = anchors.last_at.empty()
                          ? json::value(nullptr)
                          : json::value{{"cases", anchors.heads.size()}, {"at", anchors.last_at}};
    body["unknown"] = std::move(unknown);
    body["next"] = alert::text_or_null(page->next);
    page->done(std::move(body));
}

}  // namespace yuqing
