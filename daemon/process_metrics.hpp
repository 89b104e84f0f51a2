// What the process itself takes, under the names that every client library of Prometheus gives it: CPU time,
// memory, descriptors, since when it runs. Asked at each scrape; what /proc does not tell stays as it was.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace yuqing {

class ProcessMetrics {
public:
    explicit ProcessMetrics(prometheus::Registry& registry);
    void look();

private:
    prometheus::Counter& cpu_seconds_;
    prometheus::Gauge& resident_bytes_;
    prometheus::Gauge& open_fds_;
    prometheus::Gauge& max_fds_;
};

}  // namespace yuqing
