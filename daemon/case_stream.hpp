// `GET /api/v1/stream`: server-sent events of the cases that changed, whichever daemon changed them.
//
// While somebody listens Redis is asked twice a second what is new; each changed case is read once for all
// listeners. Whoever cannot be told everything is told to look anew (`reload`). On the edge thread; no
// listener waits for another one.
#pragma once

#include "alert/core/derive.hpp"
#include "alert/redis/change_reader.hpp"
#include "http_message.hpp"
#include "watcher.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace yuqing {

class CaseStream {
public:
    static constexpr std::size_t listeners_max = 64;
    static constexpr std::size_t changes_max = 300;  // commits told one by one, of half a second

    struct Ports {
        std::function<alert::TimePoint()> now;
        std::function<void(const alert::PolicyHash&, std::function<void(const alert::Rules&)>)> with_rules;
    };

    /// Connection and watcher outlive the stream.
    CaseStream(boost::asio::io_context& io, alert::redis::Connection& connection, alert::redis::Keys keys,
               Watcher& watcher, Ports ports);

    /// A new listener, or why not. `still_may` is asked now and then; once it says no the stream ends.
    HttpResponse join(const HttpRequest& request, std::function<bool()> still_may);
    /// Ends the streams of those who may not listen any more.
    void look_who_may();

private:
    struct Listener {
        std::weak_ptr<HttpStream> stream;
        std::string last_mark;  // what it had seen, until it is compared
        bool masked = false;    // texts without the numbers of persons
        std::function<bool()> still_may;
    };

    void welcome(Listener listener);
    void give_sign_of_life();
    void wait();
    void ask();
    void begin(std::string mark);
    void away(const alert::Error& error);
    void tell_to_reload();
    void take(alert::Changes changes);
    void show(const alert::SeenCase& seen, const alert::Rules& rules);
    void seen_one();
    bool tell(const std::weak_ptr<HttpStream>& stream, std::string frame);
    void tell_all(std::string frame);
    void tell_all(std::string_view event, const boost::json::object& data);
    void forget_the_gone();

    Watcher& watcher_;
    Ports ports_;
    alert::ChangeReader reader_;
    boost::asio::steady_timer timer_;
    std::vector<Listener> listeners_;
    std::string mark_, next_mark_;  // how far all was told; empty: not known
    std::size_t under_way_ = 0;     // cases being read
    int turns_ = 0;                 // since the last sign of life
    std::string away_frame_;        // what was told while Redis cannot be asked; empty: it can
    std::optional<alert::Error> lost_;
    bool turning_ = false;
};

}  // namespace yuqing
