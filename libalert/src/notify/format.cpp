#include "alert/notify/format.hpp"

namespace alert {

Result<std::unique_ptr<Format>> make_format(const FormatOptions& options) {
    const RobotOptions robot{.secret = options.secrets.empty() ? "" : options.secrets.front(),
                             .keyword = options.keyword};
    switch (options.format) {
        case ChannelFormat::dingtalk: return make_dingtalk_format(robot);
        case ChannelFormat::wecom: return make_wecom_format();
        case ChannelFormat::feishu: return make_feishu_format(robot);
        case ChannelFormat::cloudevents: break;
    }
    return make_cloudevents_format(options.secrets);
}

}  // namespace alert
