#include "archive/file_shelf.hpp"

#include <boost/asio/post.hpp>

namespace yuqing {

FileShelf::FileShelf(boost::asio::io_context& loop, std::string folder, std::function<void()> on_torn,
                     OnRead on_read)
    : loop_(loop),
      files_(std::move(folder), [&loop, on_torn = std::move(on_torn)] { boost::asio::post(loop, on_torn); }),
      on_read_(std::move(on_read)) {}

/// What is being written is finished; what waits behind it stays in Redis.
FileShelf::~FileShelf() {
    thread_.stop();
    thread_.join();
}

void FileShelf::open(bool begun, alert::Callback<std::monostate> done) {
    boost::asio::post(thread_, [this, begun, done = std::move(done)]() mutable {
        auto opened = files_.open(begun);
        boost::asio::post(loop_, [done = std::move(done), opened = std::move(opened)]() mutable {
            done(std::move(opened));
        });
    });
}

void FileShelf::append(std::vector<alert::ShelfLine> lines,
                       alert::Callback<std::vector<alert::ArchivePlace>> done) {
    boost::asio::post(thread_, [this, lines = std::move(lines), done = std::move(done)]() mutable {
        auto places = files_.append(lines);
        boost::asio::post(loop_, [done = std::move(done), places = std::move(places)]() mutable {
            done(std::move(places));
        });
    });
}

void FileShelf::read(alert::CaseId id, std::uint64_t version, alert::ArchivePlace place,
                     alert::Callback<std::shared_ptr<const alert::ArchivedCase>> done) {
    boost::asio::post(thread_, [this, id = std::move(id), version, place = std::move(place),
                                done = std::move(done)]() mutable {
        using Found = std::shared_ptr<const alert::ArchivedCase>;
        auto read = files_.read(id, version, place);
        auto found = read
                         ? alert::Result<Found>(std::make_shared<const alert::ArchivedCase>(std::move(*read)))
                         : alert::Result<Found>(read.error());
        boost::asio::post(
            loop_, [this, id = std::move(id), done = std::move(done), found = std::move(found)]() mutable {
                on_read_(id, found ? std::nullopt : std::optional(found.error()));
                done(std::move(found));
            });
    });
}

}  // namespace yuqing
