// A report goes to and fro: the edge reads a page, the thread of reports counts it and says what else it
// needs (the rest of a long record, cases that merges lead to, a policy), until all pages are done. The job
// is held by one of the two at a time.
#include "report/desk.hpp"

#include "alert/redis/connection.hpp"
#include "system_clock.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace yuqing {

namespace {

constexpr std::size_t page_cases = 50;  // some hundred kilobytes at once from Redis
constexpr int unavailable = 503;

HttpResponse failed(const alert::Error& error) {
    return http_error(error.code == "too_many" ? 422 : unavailable, error.code, error.message, error.path);
}

}  // namespace

struct ReportDesk::Job {
    Job(const ReportOrder& order, std::shared_ptr<const alert::Config> config, Reply to)
        : work(order, std::move(config)), reply(std::move(to)) {}

    ReportWork work;
    Reply reply;
    alert::Duration begun = boot_time();
    std::string cursor;
    /// Cases without any detection left lie at the beginning of time; then comes the period.
    bool undetected = true;
    bool last = false;
};

ReportDesk::ReportDesk(boost::asio::io_context& edge, alert::redis::Connection& connection,
                       const alert::redis::Keys& keys, alert::Observer& observer, alert::Shelf* shelf)
    : edge_(edge),
      reader_(connection, keys, shelf),
      store_(connection, keys, observer),
      observer_(observer) {}

ReportDesk::~ReportDesk() {
    stop();
    thread_.join();
}

void ReportDesk::stop() {
    stopped_ = true;
    thread_.stop();
    for (const auto& job : std::set(under_way_))
        end(job, http_error(unavailable, "stopping", "the daemon is stopping; try again"));
}

void ReportDesk::make(const ReportOrder& order, std::shared_ptr<const alert::Config> config, Reply reply) {
    if (under_way_.size() >= reports_max) {
        observer_.limit_hit("reports");
        auto response =
            http_error(unavailable, "busy", "other reports are being made; try again in a few seconds");
        response.headers.emplace_back("Retry-After", "5");
        return reply(std::move(response));
    }
    next_page(*under_way_.insert(std::make_shared<Job>(order, std::move(config), std::move(reply))).first);
}

bool ReportDesk::too_late(const JobPtr& job) {
    if (boot_time() - job->begun < time_max) return false;
    observer_.limit_hit("report_time");
    end(job, http_error(unavailable, "timeout", "it takes too long; ask for a shorter period", "from"));
    return true;
}

void ReportDesk::next_page(const JobPtr& job) {
    if (!under_way_.contains(job) || too_late(job)) return;
    const auto wanted = job->work.wanted();
    constexpr alert::TimePoint none{}, after_none{alert::Duration(1)};
    const auto from = job->undetected ? none : std::max(wanted.from, after_none);
    const auto to = job->undetected ? after_none : wanted.to;
    reader_.started(from, to, job->cursor, page_cases,
                    [this, job](alert::Result<alert::LedgerReader::Started> page) {
                        if (!page) return end(job, failed(page.error()));
                        job->last = page->next.empty() && !job->undetected;
                        job->undetected = job->undetected && !page->next.empty();
                        job->cursor = std::move(page->next);
                        work_on(job, {.page = std::move(page->ids)});
                    });
}

/// One kind after the other: what is needed is mostly nothing.
void ReportDesk::read(const JobPtr& job, ReportWork::Needs needs, ReportWork::Batch batch) {
    if (!needs.pieces.empty()) return read_piece(job, std::move(needs), std::move(batch));
    if (!needs.policies.empty()) return read_policy(job, std::move(needs), std::move(batch));
    if (needs.cases.empty()) return work_on(job, std::move(batch));
    const auto cases = std::exchange(needs.cases, {});
    reader_.cases(cases, [this, job, needs = std::move(needs), batch = std::move(batch)](
                             alert::Result<std::vector<alert::CaseText>> texts) mutable {
        if (!texts) return end(job, failed(texts.error()));
        batch.texts = std::move(*texts);
        work_on(job, std::move(batch));
    });
}

void ReportDesk::read_piece(const JobPtr& job, ReportWork::Needs needs, ReportWork::Batch batch) {
    const auto [id, first] = needs.pieces.back();
    needs.pieces.pop_back();
    reader_.piece(id, first,
                  [this, job, needs = std::move(needs),
                   batch = std::move(batch)](alert::Result<alert::CaseText> piece) mutable {
                      if (!piece) return end(job, failed(piece.error()));
                      batch.texts.push_back(std::move(*piece));
                      read(job, std::move(needs), std::move(batch));
                  });
}

void ReportDesk::read_policy(const JobPtr& job, ReportWork::Needs needs, ReportWork::Batch batch) {
    const auto hash = needs.policies.back();
    needs.policies.pop_back();
    store_.load_policy(hash, [this, job, hash, needs = std::move(needs), batch = std::move(batch)](
                                 alert::Result<std::optional<std::string>> text) mutable {
        if (!text) return end(job, failed(text.error()));
        batch.policies[hash] = text->value_or("");
        read(job, std::move(needs), std::move(batch));
    });
}

void ReportDesk::work_on(const JobPtr& job, ReportWork::Batch batch) {
    boost::asio::post(thread_, [this, job, batch = std::move(batch)]() mutable {
        if (stopped_) return;
        auto needs = job->work.take(std::move(batch));
        boost::asio::post(edge_,
                          [this, job, needs = std::move(needs)]() mutable { worked(job, std::move(needs)); });
    });
}

void ReportDesk::worked(const JobPtr& job, ReportWork::Needs needs) {
    for (const auto& limit : needs.limits) observer_.limit_hit(limit);
    for (const auto& [what, error] : needs.troubles) observer_.troubled(what, error);
    if (needs.refused) {
        observer_.limit_hit("report_rows");
        return end(job, failed(*needs.refused));
    }
    if (!needs.nothing()) {
        if (!too_late(job)) read(job, std::move(needs), {});
        return;
    }
    if (job->last) return write(job);
    next_page(job);
}

void ReportDesk::write(const JobPtr& job) {
    boost::asio::post(thread_, [this, job] {
        if (stopped_) return;
        auto response = job->work.answer();
        boost::asio::post(
            edge_, [this, job, response = std::move(response)]() mutable { end(job, std::move(response)); });
    });
}

void ReportDesk::end(const JobPtr& job, HttpResponse response) {
    if (under_way_.erase(job) == 0) return;  // given up before
    std::exchange(job->reply, nullptr)(std::move(response));
}

}  // namespace yuqing
