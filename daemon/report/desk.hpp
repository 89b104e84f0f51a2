// Ledger and assessment on request: reads a period page by page on the edge thread, and has a thread of its
// own count and write, so that no report, however long, holds up a webhook or a scrape.
#pragma once

#include "alert/config/config.hpp"
#include "alert/port/observer.hpp"
#include "alert/redis/ledger_reader.hpp"
#include "alert/redis/redis_case_store.hpp"
#include "report/work.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <set>

namespace yuqing {

class ReportDesk {
public:
    using Reply = std::function<void(HttpResponse)>;
    static constexpr std::size_t reports_max = 2;  // at once; a third one is told to come again
    static constexpr alert::Duration time_max = std::chrono::seconds(50);  // then it is given up

    /// All of them outlive it; the shelf may be null.
    ReportDesk(boost::asio::io_context& edge, alert::redis::Connection& connection,
               const alert::redis::Keys& keys, alert::Observer& observer, alert::Shelf* shelf);
    ~ReportDesk();
    ReportDesk(const ReportDesk&) = delete;
    ReportDesk& operator=(const ReportDesk&) = delete;

    void make(const ReportOrder& order, std::shared_ptr<const alert::Config> config, Reply reply);
    /// Reports under way are given up.
    void stop();

private:
    struct Job;
    using JobPtr = std::shared_ptr<Job>;

    void next_page(const JobPtr& job);
    void read(const JobPtr& job, ReportWork::Needs needs, ReportWork::Batch batch);
    void read_piece(const JobPtr& job, ReportWork::Needs needs, ReportWork::Batch batch);
    void read_policy(const JobPtr& job, ReportWork::Needs needs, ReportWork::Batch batch);
    void work_on(const JobPtr& job, ReportWork::Batch batch);
    void worked(const JobPtr& job, ReportWork::Needs needs);
    void write(const JobPtr& job);
    void end(const JobPtr& job, HttpResponse response);
    [[nodiscard]] bool too_late(const JobPtr& job);

    boost::asio::io_context& edge_;
    alert::LedgerReader reader_;
    alert::RedisCaseStore store_;  // for policies
    alert::Observer& observer_;
    std::atomic<bool> stopped_ = false;
    std::set<JobPtr> under_way_;
    boost::asio::thread_pool thread_{1};
};

}  // namespace yuqing
