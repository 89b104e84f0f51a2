// Receivers that let the libraries of others judge each request: node judge.js SETTINGS.json
//
//   settings  {"modules", "secret", "others_secret", "dingtalk_secret", "certificate", "key"}
//   stdout    first the ports, {"http":…,"https":…}, then a line for each request: what it was and what the
//             libraries said of it; `faults` is empty when all of them agree.
import {createRequire} from "node:module";
import {readFileSync} from "node:fs";
import {isDeepStrictEqual} from "node:util";
import http from "node:http";
import https from "node:https";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const require = createRequire(settings.modules + "/");
const {Webhook} = require("standardwebhooks");
const {HTTP} = require("cloudevents");
const DingTalk = require("dingtalk-robot-sender");

const REFUSED_AFTER_SECONDS = 301;

/// What `act` gives while the clock shows another time: neither library lets it be told otherwise.
function at(milliseconds, act) {
    const real = Date.now;
    Date.now = () => milliseconds;
    try {
        return act();
    } finally {
        Date.now = real;
    }
}

function refusal(act) {
    try {
        act();
        return "";
    } catch (error) {
        return error.message;
    }
}

/// Standard Webhooks: right as it is, and refused as soon as anything of it is changed.
function signature_faults(headers, raw) {
    const ours = new Webhook(settings.secret), others = new Webhook(settings.others_secret);
    const sent = Number(headers["webhook-timestamp"]) * 1000;
    const shifted = (seconds) => () => at(sent + seconds * 1000, () => ours.verify(raw, headers));
    const changed = (name, value) => () => ours.verify(raw, {...headers, [name]: value});
    const wrong = refusal(() => ours.verify(raw, headers));
    const faults = wrong ? [`standardwebhooks: ${wrong}`] : [];
    const must_refuse = {
        "another body": () => ours.verify(raw.replace("yuqing.notification", "yuqing.notificatiom"), headers),
        "a body with a blank more": () => ours.verify(raw + " ", headers),
        "another secret": () => others.verify(raw, headers),
        "another id": changed("webhook-id", headers["webhook-id"] + "0"),
        "another timestamp": changed("webhook-timestamp", String(sent / 1000 + 1)),
        "no signature": changed("webhook-signature", ""),
        "a cut signature": changed("webhook-signature", headers["webhook-signature"].slice(0, -1)),
        "five minutes late": shifted(REFUSED_AFTER_SECONDS),
        "five minutes early": shifted(-REFUSED_AFTER_SECONDS),
    };
    for (const [what, act] of Object.entries(must_refuse)) {
        if (!refusal(act)) faults.push(`standardwebhooks takes ${what}`);
    }
    return faults;
}

/// CloudEvents: strictly valid, and nothing in it that was not sent: the SDK invents an id and a time that are
/// missing.
function event_faults(headers, raw) {
    try {
        const event = HTTP.toEvent({headers, body: raw});
        const faults = event.validate() ? [] : ["cloudevents: not valid"];
        const sent = JSON.parse(raw), read = JSON.parse(event.toString());
        read.time = new Date(read.time).getTime();
        sent.time = new Date(sent.time).getTime();
        if (!isDeepStrictEqual(read, sent)) faults.push("cloudevents reads another event");
        if (event.id !== headers["webhook-id"]) faults.push("the event's id is not the request's");
        return faults;
    } catch (error) {
        return [`cloudevents: ${error.message} ${JSON.stringify(error.errors ?? [])}`];
    }
}

/// What that library sends of the same words at the same instant to the same robot.
function dingtalk_faults(request, raw) {
    const {markdown, at: mentioned, msgtype} = JSON.parse(raw);
    const [, webhook, timestamp] = /^(.*)&timestamp=(\d+)&sign=/.exec(request.url) ?? [];
    if (!webhook) return [`dingtalk-robot-sender: no timestamp and sign in ${request.url}`];
    let theirs;
    const httpclient = {request: (url, options) => (theirs = {url, ...options})};
    const robot = new DingTalk({webhook, secret: settings.dingtalk_secret, httpclient});
    at(Number(timestamp), () => robot.markdown(markdown.title, markdown.text, mentioned));
    const faults = [];
    const compare = (what, ours, right) => {
        if (isDeepStrictEqual(ours, right)) return;
        faults.push(`dingtalk-robot-sender: ${what} ${JSON.stringify(ours)}, not ${JSON.stringify(right)}`);
    };
    compare("url", request.url, theirs.url);
    compare("method", request.method, theirs.method);
    compare("content type", request.headers["content-type"].split(";")[0], theirs.headers["Content-Type"]);
    compare("body", JSON.parse(raw), JSON.parse(theirs.data));
    compare("kind", msgtype, "markdown");
    for (const handle of [...mentioned.atMobiles, ...mentioned.atUserIds]) {
        if (!markdown.text.includes(`@${handle}`)) faults.push(`${handle} is not mentioned in the text`);
    }
    return faults;
}

async function take(request, response, scheme) {
    const parts = [];
    for await (const part of request) parts.push(part);
    const raw = Buffer.concat(parts).toString("utf8");
    const robot = request.url.startsWith("/robot/send");
    const judged = {scheme, path: request.url.split("?")[0], robot};
    if (robot) judged.faults = dingtalk_faults(request, raw);
    else judged.faults = [...signature_faults(request.headers, raw), ...event_faults(request.headers, raw)];
    if (!Buffer.concat(parts).equals(Buffer.from(raw))) judged.faults.push("not UTF-8");
    if (!robot) judged.reason = JSON.parse(raw).data.reason;
    console.log(JSON.stringify(judged));
    response.setHeader("content-type", "application/json");
    response.end(robot ? '{"errcode":0,"errmsg":"ok"}' : "");
}

const plain = http.createServer((request, response) => take(request, response, "http"));
const tls = https.createServer(
    {cert: readFileSync(settings.certificate), key: readFileSync(settings.key), minVersion: "TLSv1.2"},
    (request, response) => take(request, response, "https"));
const listening = (server) => new Promise((done) => server.listen(0, "127.0.0.1", () => done(server.address().port)));
console.log(JSON.stringify({http: await listening(plain), https: await listening(tls)}));
