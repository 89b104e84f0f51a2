// The board: what is loaded when, what the stream says, and what happens every second.
import {came_apart, clock_time, in_zone, now, set_server_time} from './clock.js';
import {find, say} from './dom.js';
import {show_list} from './list.js';
import {matters, passed_between, take} from './matters.js';
import {forget_acts, ready_identity, ready_report, show_report} from './acts.js';
import {api, token} from './net.js';
import {forget_office, load_office, load_role, role, show_duty} from './office.js';
import {listen} from './share.js';
import {follow_address, forget_sheet, ready_sheet, refresh_sheet, show_sheet} from './sheet.js';
import {play, ready_sound, show_sound} from './sound.js';
import {remedy} from './refusals.js';
import {is_wall, ready_wall, show_wall} from './wall.js';
import {language, switch_language, term, translate_page, word} from './words.js';

const page_size = 200;
const office_every_ms = 60_000;  // who is on duty changes without an event
const reload_pause_ms = 3000;    // between two looks at everything anew

// `data_at`: when the matters shown were true; null: nothing is known of any
const state = {next: null, data_at: null, lost: null, redis_away: false, loading: false, again: false, ticked: now()};

// --- what the server says

const under_way = new Set();  // of each page, what the stream tells while it comes: id -> case

/** What was told meanwhile is newer than the page, or nearly always; gives whether somebody has to look again. */
async function take_page(more, before = () => {}) {
    const meanwhile = new Map();
    under_way.add(meanwhile);
    try {
        const page = await api(`cases?status=owing&limit=${page_size}${more}`);
        before();
        page.cases.forEach(take);
        meanwhile.forEach((matter) => take(matter));
        state.next = page.next;
        return meanwhile.size > 0;
    } finally {
        under_way.delete(meanwhile);
    }
}

async function load() {
    if (state.loading) return void(state.again = true);
    Object.assign(state, {loading: true, again: false});
    const role_before = role;
    try {
        await load_office();
        const look_again = await take_page('', () => matters.clear());
        state.again ||= look_again;
        Object.assign(state, {data_at: now(), lost: null});
        show_office(role_before);
        follow_address();  // to what could not be shown before
    } catch (refusal) {
        lost(refusal);
        state.again ||= !refusal.denies;  // else another token begins anew
    }
    state.loading = false;
    show();
    if (state.again) setTimeout(load, reload_pause_ms);
}

async function load_more() {
    try {
        await take_page(`&cursor=${encodeURIComponent(state.next)}`);
    } catch (refusal) {
        lost(refusal);
    }
    show();
}

/** Who may not look, or not any more, has nothing on the screen. */
function forget(role_left = null) {
    matters.clear();
    alarmed.clear();
    Object.assign(state, {next: null, data_at: null});
    for (const told of ['#alarm', '#news']) say(find(told), '');
    forget_acts();
    forget_sheet();
    forget_office(role_left);
    show_office();
}

const alarm_pause_ms = 5000;  // what one case says at one instant is one alarm
const alarmed = new Map();     // case and reason -> when

function alarm(id, reason, title, obligation) {
    const key = `${id} ${reason}`, instant = performance.now();
    for (const [said, at] of alarmed) if (instant - at >= alarm_pause_ms) alarmed.delete(said);
    if (alarmed.has(key)) return;
    alarmed.set(key, instant);
    play(reason);
    say(find('#alarm'), [term('alarm', reason), title, obligation].filter(Boolean).join(' · '));
}

const events = {
    hello(data) {
        set_server_time(data.now);
        state.redis_away = false;
        load();
    },
    case(matter) {
        for (const meanwhile of under_way) meanwhile.set(matter.id, matter);
        if (take(matter)) say(find('#news'), word('new_matter', matter.title ?? matter.id));
        refresh_sheet(matter.id);
        show_soon();
    },
    told(data) {
        const obligation = matters.get(data.case)?.obligations.find((one) => one.id === data.obligation);
        alarm(data.case, data.reason, data.title ?? data.case, obligation?.title);
    },
    reload() {
        state.redis_away = false;
        load();
    },
    away() {
        state.redis_away = true;
        show_away();
    },
};

/** Whatever the stream says, and be it nothing but a sign of life: until now nothing was missed. */
function alive() {
    if (state.data_at && !state.lost && !state.redis_away) state.data_at = now();
}

function lost(refusal) {
    if (refusal.code === 'stale') return;
    state.lost = refusal;
    if (refusal.status === 401) forget();
    if (refusal.status === 403) {
        forget(role);
        load_role().then(show_report, () => {});  // a monitor may report what it finds
    }
    show();
}

// --- what the page shows

function denied_text({status}) {
    if (status === 401) return word(token.get() ? 'token_refused' : 'token_missing') + (is_wall ? word('token_at_wall') : '');
    return role ? word('may_not_read', term('client_role', role)) : word('only_local');
}

/** What is the matter, and of when that is which is shown; empty when nothing is. */
function away_text() {
    const {lost: refusal, redis_away, data_at} = state;
    if (!refusal && !redis_away) return '';
    if (refusal?.denies) return denied_text(refusal);
    const what = redis_away ? word('redis_away') : refusal.code === 'network' ? word('away') : remedy(refusal);
    return word('sentences', what, data_at ? word('state_of', clock_time(data_at)) : word('trying_again'));
}

function show_away() {
    const text = away_text(), banner = find('#away');
    banner.hidden = text === '';
    say(banner, text);
    document.body.classList.toggle('away', text !== '');
}

function show_office(role_before = role) {
    show_duty();
    show_report();
    if (role !== role_before) show_sheet();  // what may be done there
}

/** Nothing known never looks like nothing to do. */
function show_unknown() {
    say(find('#counts'), word(state.lost || state.redis_away ? 'no_data' : 'loading'));
    say(find('#total'), '');
    for (const part of ['#nothing', '#matters']) find(part).hidden = true;
}

function show() {
    const ordered = show_list(language);
    say(find('#total'), word('shown', ordered.length) + (state.next ? '+' : ''));
    if (state.data_at === null) show_unknown();
    find('#more').hidden = !state.next;
    show_away();
    show_wall(ordered.length);
}

let shown_soon = false;

/** Of all that came in one piece the page is laid out once, not once for every matter. */
function show_soon() {
    if (shown_soon) return;
    shown_soon = true;
    queueMicrotask(() => {
        shown_soon = false;
        show();
    });
}

function tick() {
    const instant = now();
    say(find('#clock time'), in_zone(instant).replace('T', ' ').slice(0, 19));
    // While the daemon is away nobody else says that a deadline has passed.
    if (state.lost || state.redis_away) {
        for (const {matter, obligation} of passed_between(state.ticked, instant))
            alarm(matter.id, 'due', matter.title ?? matter.id, obligation.title);
    }
    state.ticked = instant;
    show();
    if (came_apart()) load();
    setTimeout(tick, 1000 - (now() % 1000));
}

function speak() {
    translate_page();
    show_sound();
    show_office();
    show_sheet();
    show();
}

find('#language').addEventListener('click', () => {
    switch_language();
    speak();
});
find('#print').addEventListener('click', () => window.print());
find('#more').addEventListener('click', load_more);
window.addEventListener('beforeprint', () => {
    say(find('#printed'), word('printed', in_zone(now()).replace('T', ' ').slice(0, 16)));
});

ready_sound();
ready_wall();
const listen_anew = listen({event: (name, data) => events[name]?.(data), alive, lost});
ready_identity(() => {
    forget();
    Object.assign(state, {lost: null, redis_away: false});
    show();
    listen_anew();
});
ready_report();
ready_sheet();
setInterval(() => {
    const role_before = role;
    if (!state.lost) load_office().then(() => show_office(role_before), lost);
}, office_every_ms);
speak();
tick();
