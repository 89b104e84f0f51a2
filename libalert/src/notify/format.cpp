#include "alert/notify/format.hpp"

namespace alert {

Result<std::unique_ptr<Format>> make_format(const FormatOptions& options) {
    const auto secret = options.secrets.empty() ? std::string() : options.secrets.front();
    const RobotOptions robot{.secret = secret, .keyword = options.keyword};
    switch (options.format) {
        case ChannelFormat::dingtalk: return make_dingtalk_format(robot);
        case ChannelFormat::wecom: return make_wecom_format();
        case ChannelFormat::feishu: return make_feishu_format(robot);
        case ChannelFormat::alertmanager:
            return make_alertmanager_format({.channel = options.channel, .token = secret});
        case ChannelFormat::templated: return make_template_format(options.template_rules, options.secrets);
        case ChannelFormat::smtp: return make_smtp_format(options.mail);
        case ChannelFormat::cloudevents: break;
    }
    return make_cloudevents_format(options.secrets);
}

}  // namespace alert
