#!/usr/bin/env python3
"""舆情上报，Python / Reports a matter. 用法 / usage: detect.py 标题 编号 [发现时间 / detected at]. Debian: python3-zmq.
重新运行时给同样的时间，编号和内容都不变 / run again, give the same time: neither the id nor the content may change."""
import datetime, json, os, sys, time, zmq

found = sys.argv[3] if len(sys.argv) > 3 else datetime.datetime.now().astimezone().isoformat()
event = {"specversion": "1.0", "source": "monitor/python", "id": sys.argv[2], "type": "opinion.detected",
         "time": found, "data": {"title": sys.argv[1]}}
answer = {"status": "retry"}
while answer["status"] == "retry":  # 没有答复就重发，编号不变 / no answer: the same again, it stays one matter
    with zmq.Context.instance().socket(zmq.REQ) as socket:
        socket.linger = 0
        if "YUQING_KEY_FILE" in os.environ:  # 从别的机器 / from another machine: CURVE
            own, server = (open(os.environ[name]).read().strip().encode()
                           for name in ("YUQING_KEY_FILE", "YUQING_SERVER_KEY_FILE"))
            socket.curve_publickey, socket.curve_secretkey, socket.curve_serverkey = zmq.curve_public(own), own, server
        socket.connect(os.environ.get("YUQING_ENDPOINT", "tcp://127.0.0.1:5570"))
        socket.send(json.dumps(event).encode())
        answer = socket.recv_json() if socket.poll(5000) else answer
    if answer["status"] == "retry":
        time.sleep(answer.get("retry_after_ms", 1000) / 1000)
print(json.dumps(answer, ensure_ascii=False))
sys.exit(answer["status"] == "rejected")
