// What is asked of the daemon: the API, and as whom.

const asked_max_ms = 20_000;

export const token = {
    get: () => sessionStorage.getItem('token') ?? '',
    set: (text) => (text ? sessionStorage.setItem('token', text) : sessionStorage.removeItem('token')),
};

/** Unlike randomUUID, also there without TLS. */
export const new_id = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** What the server or the way to it answered instead; `code` as the API has it, `network`, or `stale`. */
export class Refusal extends Error {
    constructor(status, error) {
        super(error.message);
        Object.assign(this, {status, code: error.code, path: error.path ?? ''});
    }

    /** Whoever asks is not known, or may not do what was asked. */
    get denies() {
        return this.status === 401 || this.status === 403;
    }
}

export const network_refusal = (message) => new Refusal(0, {code: 'network', message});

/** What stands on a screen in an office has no numbers of persons in it. */
export const headers = () => ({Prefer: 'masked-numbers', ...(token.get() && {Authorization: `Bearer ${token.get()}`})});

export async function refusal_of(response) {
    const body = await response.json().catch(() => ({}));
    return new Refusal(response.status, body.error ?? {code: body.status ?? `http_${response.status}`, message: response.statusText});
}

async function ask(path, body) {
    const options = {headers: headers(), cache: 'no-store', signal: AbortSignal.timeout(asked_max_ms)};
    if (body !== undefined) {
        Object.assign(options, {method: 'POST', body: JSON.stringify(body)});
        options.headers['Content-Type'] = 'application/json';
    }
    let response;
    try {
        response = await fetch(`api/v1/${path}`, options);
    } catch (error) {
        throw network_refusal(error.message);
    }
    if (!response.ok) throw await refusal_of(response);
    return response.json().catch((error) => { throw network_refusal(error.message); });
}

/** Asks for a path under api/v1/; throws a Refusal. With a body it is a POST. */
export async function api(path, body) {
    const asked_as = token.get();
    const still_me = () => {
        if (token.get() !== asked_as) throw new Refusal(0, {code: 'stale', message: 'another token is used by now'});
    };
    try {
        return await ask(path, body);
    } finally {
        if (body === undefined) still_me();
    }
}
