// One stream for all tabs of a browser that show the same token. A browser opens six connections to a server and no more,
// and a stream holds one for good: with a stream in every tab the sixth one can do nothing.
//
// One tab leads: it holds the stream and tells the others what it says. Whoever asks and is not answered leads from then on,
// in a term above any it has heard of. Of two leaders the one of the higher (term, name) goes on and the other follows; what
// an older one says is not heeded, so that a tab which was frozen and wakes with yesterday's news harms nobody. A leader
// that is closed says so; one that vanished is missed at the next question. Whoever comes to follow another leader looks at
// everything anew, as after every connection.
//
// Timers of hidden tabs stand still for up to a minute: the question of a tab that is seen makes a hidden leader look
// whether something is due. Over BroadcastChannel, which is there without TLS as well; Web Locks and crypto.subtle are
// not, and the page's policy allows no workers.
import {new_id, Refusal, token} from './net.js';
import {open_stream} from './stream.js';

const look_every_ms = 200;
const ask_every_ms = 2000;
const first_patience_ms = 400;  // of a tab that was opened just now
const patience_ms = 5000;       // a leader with much to show is still one

/** Tabs of one token meet under this (FNV-1a); the token itself is no name for anything. */
function hash_of(text) {
    let hash = 0xcbf29ce484222325n;
    for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    return hash.toString(36);
}

function join(on) {
    const channel = new BroadcastChannel(`stream ${location.pathname} ${hash_of(token.get())}`);
    const me = new_id();
    let term = 0, leader = '', stream = null;  // with a stream it is this tab that leads
    let heard_at = -Infinity, asked_at = null;

    const tell = (says, more) => channel.postMessage({says, term, from: me, ...more});
    const heed = {
        event: ({name, data}) => on.event(name, data),
        alive: () => on.alive(),
        lost: ({status, error}) => on.lost(new Refusal(status, error)),
    };

    function lead() {
        term += 1;
        leader = me;
        asked_at = null;
        tell('leads');
        stream = open_stream({
            event(name, data) {
                tell('event', {name, data});
                on.event(name, data);
            },
            alive() {
                tell('alive');
                on.alive();
            },
            lost(refusal) {
                const {status, code, message, path} = refusal;
                tell('lost', {status, error: {code, message, path}});
                on.lost(refusal);
            },
        });
    }

    function follow(told) {
        stream?.close();
        stream = null;
        ({term, from: leader} = told);
        on.event('reload', {});
    }

    function answer() {
        stream?.look();
        if (stream) tell('leads');
    }

    channel.onmessage = ({data: told}) => {
        if (told.says === 'asks') return answer();
        if (told.term < term || (told.term === term && told.from < leader)) return answer();
        if (told.says === 'leaves') return told.from === leader ? lead() : undefined;
        if (told.from !== leader) follow(told);
        heard_at = performance.now();
        asked_at = null;
        heed[told.says]?.(told);
    };

    function look() {
        if (stream) return;
        const instant = performance.now();
        if (asked_at === null) {
            if (instant - heard_at < ask_every_ms) return;
            asked_at = instant;
            tell('asks');
        } else if (instant - asked_at >= (leader ? patience_ms : first_patience_ms)) {
            lead();
        }
    }

    const timer = setInterval(look, look_every_ms);
    look();
    return () => {
        clearInterval(timer);
        if (stream) tell('leaves');
        stream?.close();
        stream = null;
        channel.close();
    };
}

/** A tab that cannot talk to the others has a stream of its own. */
function listen_alone(on) {
    const stream = open_stream(on);
    return () => stream.close();
}

/** Listens for good, see open_stream(). Gives a function that begins anew at once, as after the token changed. */
export function listen(on) {
    const begin = () => (globalThis.BroadcastChannel ? join(on) : listen_alone(on));
    let leave = begin();
    const begin_anew = () => {
        leave();
        leave = begin();
    };
    window.addEventListener('pagehide', () => leave());
    window.addEventListener('pageshow', (shown) => {
        if (shown.persisted) begin_anew();
    });
    return begin_anew;
}
