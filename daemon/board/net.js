// What is asked of the daemon: the API, and its stream of events. EventSource cannot send a token, so the
// stream is read by hand.

const silence_max_ms = 40_000;  // the daemon says something every 15 s
const asked_max_ms = 20_000;
const waits_ms = [500, 1000, 2000, 5000, 10_000];

export const token = {
    get: () => sessionStorage.getItem('token') ?? '',
    set: (text) => (text ? sessionStorage.setItem('token', text) : sessionStorage.removeItem('token')),
};

/** What the server or the way to it answered instead; `code` as the API has it, or `network`. */
export class Refusal extends Error {
    constructor(status, error) {
        super(error.message);
        Object.assign(this, {status, code: error.code, path: error.path ?? ''});
    }
}

/** What stands on a screen in an office has no numbers of persons in it. */
const headers = () => ({Prefer: 'masked-numbers', ...(token.get() && {Authorization: `Bearer ${token.get()}`})});

async function refusal_of(response) {
    const body = await response.json().catch(() => ({}));
    return new Refusal(response.status, body.error ?? {code: body.status ?? `http_${response.status}`, message: response.statusText});
}

/** Asks for a path under api/v1/; throws a Refusal. With a body it is a POST. */
export async function api(path, body) {
    const options = {headers: headers(), cache: 'no-store', signal: AbortSignal.timeout(asked_max_ms)};
    if (body !== undefined) {
        Object.assign(options, {method: 'POST', body: JSON.stringify(body)});
        options.headers['Content-Type'] = 'application/json';
    }
    let response;
    try {
        response = await fetch(`api/v1/${path}`, options);
    } catch (error) {
        throw new Refusal(0, {code: 'network', message: error.message});
    }
    if (!response.ok) throw await refusal_of(response);
    return response.json();
}

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
 * Listens for good, coming back by itself: `on.event(name, data)`, `on.alive()` whenever something came,
 * `on.lost(refusal)` whenever there is no stream. Gives a function that begins anew at once, as after the token changed.
 */
export function listen(on) {
    let attempt = 0, mark = '', abort = null, wake = null;
    const once = async () => {
        abort = new AbortController();
        let silence = setTimeout(() => abort.abort(), silence_max_ms);
        const alive = () => {
            clearTimeout(silence);
            silence = setTimeout(() => abort.abort(), silence_max_ms);
            on.alive();
        };
        try {
            const known = mark ? {'Last-Event-ID': mark} : {};
            const options = {headers: {...headers(), ...known}, cache: 'no-store', signal: abort.signal};
            const response = await fetch('api/v1/stream', options);
            if (!response.ok) throw await refusal_of(response);
            await read_stream(response, alive, (block) => {
                attempt = 0;
                if (block.id) mark = block.id;
                if (block.data) on.event(block.event, JSON.parse(block.data));
            });
            on.lost(new Refusal(0, {code: 'network', message: 'the stream ended'}));
        } catch (error) {
            on.lost(error instanceof Refusal ? error : new Refusal(0, {code: 'network', message: error.message}));
        } finally {
            clearTimeout(silence);
            abort.abort();
        }
    };
    const forever = async () => {
        for (;;) {
            await once();
            const wait = waits_ms[Math.min(attempt++, waits_ms.length - 1)];
            await new Promise((resolve) => {
                wake = resolve;
                setTimeout(resolve, wait * (0.75 + Math.random() / 2));
            });
        }
    };
    forever();
    return () => {
        attempt = 0;
        abort?.abort();
        wake?.();
    };
}
