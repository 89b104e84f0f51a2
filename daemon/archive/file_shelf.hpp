// The files of the archive for one loop: a thread of its own reads, writes and checks them, answers come on
// the loop's thread.
#pragma once

#include "archive/files.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace yuqing {

class FileShelf : public alert::Shelf {
public:
    /// Of a case that was read, or could not be.
    using OnRead = std::function<void(const alert::CaseId&, const std::optional<alert::Error>&)>;

    /// The loop outlives it. `on_torn` and `on_read` are called on the loop's thread.
    FileShelf(boost::asio::io_context& loop, std::string folder, std::function<void()> on_torn,
              OnRead on_read);
    ~FileShelf() override;

    void open(bool begun, alert::Callback<std::monostate> done) override;
    void append(std::vector<alert::ShelfLine> lines,
                alert::Callback<std::vector<alert::ArchivePlace>> done) override;
    void read(alert::CaseId id, std::uint64_t version, alert::ArchivePlace place,
              alert::Callback<std::shared_ptr<const alert::ArchivedCase>> done) override;

private:
    boost::asio::io_context& loop_;
    const ArchiveFiles files_;
    const OnRead on_read_;
    boost::asio::thread_pool thread_{1};
};

}  // namespace yuqing
