#!/bin/sh
# 舆情上报，shell / Reports a matter. 用法 / usage: detect.sh 标题 [编号 [发现时间 / detected at]]
# 重新运行时给同样的时间，编号和内容都不变 / run again, give the same time: neither id nor content may change.
# yuqingctl 重发到有答复为止 / sends again until it is answered; YUQING_ENDPOINT 可改地址 / may name another address.
set -eu
title=$(printf %s "$1" | tr -d '\000-\037' | sed 's/[\\"]/\\&/g')
printf '{"specversion":"1.0","source":"monitor/shell","id":"%s","type":"opinion.detected","time":"%s","data":{"title":"%s"}}\n' \
    "${2:-$(cat /proc/sys/kernel/random/uuid)}" "${3:-$(date +%Y-%m-%dT%H:%M:%S%:z)}" "$title" |
    yuqingctl send --json -
