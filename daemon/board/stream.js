// The daemon's stream of events, read by hand, because EventSource cannot send a token. It comes back by itself.
import {Refusal, headers, network_refusal, refusal_of} from './net.js';

const silence_max_ms = 40_000;  // the daemon says something every 15 s
const waits_ms = [500, 1000, 2000, 5000, 10_000];
const look_every_ms = 250;

/** One block of a stream, between empty lines, as `{event, data, id}`. */
function read_block(block) {
    const found = {event: 'message', data: ''};
    for (const line of block.split('\n')) {
        const [, name, value] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
        if (name === 'data') found.data += value;
        else if (name) found[name] = value;
    }
    return found;
}

async function read_stream(response, alive, take) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ''; ;) {
        const {done, value} = await reader.read();
        if (done) return;
        alive();
        const blocks = (rest + value).split('\n\n');
        rest = blocks.pop();
        for (const block of blocks) take(read_block(block));
    }
}

/**
 * Listens until `close()`: `on.event(name, data)`, `on.alive()` whenever something came, `on.lost(refusal)` whenever there
 * is no stream. What is due is done by `look()`, which others may call too: timers of a hidden tab stand still for a minute.
 */
export function open_stream(on) {
    let attempt = 0, mark = '', heard_at = 0, retry_at = 0, under_way = null, closed = false;

    async function listen_to(signal) {
        const known = mark ? {'Last-Event-ID': mark} : {};
        const response = await fetch('api/v1/stream', {headers: {...headers(), ...known}, cache: 'no-store', signal});
        if (!response.ok) throw await refusal_of(response);
        const alive = () => {
            heard_at = performance.now();
            on.alive();
        };
        await read_stream(response, alive, (block) => {
            attempt = 0;
            if (block.id) mark = block.id;
            if (block.data) on.event(block.event, JSON.parse(block.data));
        });
        throw network_refusal('the stream ended');
    }

    async function connect() {
        under_way = new AbortController();
        heard_at = performance.now();
        try {
            await listen_to(under_way.signal);
        } catch (error) {
            if (!closed) on.lost(error instanceof Refusal ? error : network_refusal(error.message));
        }
        under_way.abort();
        under_way = null;
        const wait = waits_ms[Math.min(attempt++, waits_ms.length - 1)];
        retry_at = performance.now() + wait * (0.75 + Math.random() / 2);
    }

    function look() {
        const instant = performance.now();
        if (closed) return;
        if (!under_way && instant >= retry_at) connect();
        else if (under_way && instant - heard_at >= silence_max_ms) under_way.abort();
    }

    const timer = setInterval(look, look_every_ms);
    look();
    return {
        look,
        close() {
            closed = true;
            clearInterval(timer);
            under_way?.abort();
        },
    };
}
