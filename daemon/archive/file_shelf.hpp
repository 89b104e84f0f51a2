// The files of the archive for one loop: a thread of its own reads, writes and checks them, answers come on
// the loop's thread.
#pragma once

#include "archive/files.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace yuqing {

class FileShelf : public alert::Shelf {
public:
    /// The loop outlives it. `on_torn` is called on the loop's thread.
    FileShelf(boost::asio::io_context& loop, std::string folder, std::function<void()> on_torn);
    ~FileShelf() override;

    void append(std::vector<alert::ShelfLine> lines,
                alert::Callback<std::vector<alert::ArchivePlace>> done) override;
    void read(alert::CaseId id, std::uint64_t version, alert::ArchivePlace place,
              alert::Callback<std::shared_ptr<const alert::ArchivedCase>> done) override;

private:
    boost::asio::io_context& loop_;
    const ArchiveFiles files_;
    boost::asio::thread_pool thread_{1};
};

}  // namespace yuqing
