// A connection that hands one mail to a relay, plain: the relay is on this machine or in this building.
#pragma once

#include "alert/core/channel.hpp"
#include "connection.hpp"
#include "redaction.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace alert {

std::shared_ptr<Connection> make_smtp_connection(const boost::asio::any_io_executor& executor,
                                                 std::uint16_t port, MailRules envelope,
                                                 std::shared_ptr<const Redaction> redaction);

}  // namespace alert
