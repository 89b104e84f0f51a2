// The table of open matters. A row is written anew when its case changed or the language; every second only
// the time left is, and the order of the rows when it is another one.
import {now, short_time, span} from './clock.js';
import {find, make, say, told} from './dom.js';
import {by_urgency, due_of, foremost, owed} from './matters.js';
import {office_name} from './office.js';
import {term, word} from './words.js';

const shown_per_matter = 4;  // obligations; the rest is a number
const signs = {overdue: '✖', soon: '▲', internal: '△', open: '●', done: '✔', ended: '○'};

const rows = new Map();  // id -> {row, matter, state, language}

/** `剩 4:59:59` that the clock keeps true. */
export function time_left(obligation) {
    const left = make('span', {class: 'left', 'data-due': due_of(obligation)});
    count_down(left, now());
    return left;
}

function count_down(element, instant) {
    const left = Number(element.dataset.due) - instant;
    // The second that has begun is still there: a deadline is over when nothing is left.
    say(element, left > 0 ? word('left', span(Math.ceil(left / 1000) * 1000)) : word('over', span(-left)));
    element.classList.toggle('over', left <= 0);
}

export const badge = (kind, text) => make('span', {class: `badge ${kind}`}, text);

export function badges(matter) {
    const cards = matter.obligations.map((obligation) => obligation.card);
    const card = cards.includes('red') ? 'red' : cards.includes('yellow') ? 'yellow' : null;
    return [
        card && badge(`card-${card}`, term('card', card)),
        matter.status !== 'open' && badge('flag', term('case_status', matter.status)),
        ...matter.flags.map((flag) => badge('flag', term('flag', flag))),
    ];
}

function owed_list(matter) {
    const instant = now(), first = foremost(matter, instant);
    const all = owed(matter).sort((a, b) => (b === first) - (a === first));
    if (all.length === 0) return make('p', {class: 'quiet'}, '—');
    const items = all.slice(0, shown_per_matter).map((obligation) => make('li', {class: obligation.kind},
        time_left(obligation), ' ', told(obligation.title ?? obligation.id, {class: 'told what'}), ' ',
        make('small', {}, `${term('kind', obligation.kind)} · ${word('due_at', short_time(obligation.due))}`)));
    const rest = all.length - items.length;
    return make('ol', {class: 'owed'}, items, rest > 0 && make('li', {class: 'rest'}, word('others', rest)));
}

const sign_of = (state) => [make('span', {class: 'sign', 'aria-hidden': 'true'}, signs[state]), ' ',
                            make('span', {}, word(`state_${state}`))];

function cells(matter, state) {
    const acknowledged = matter.acknowledged_at;
    const cell = (name, ...children) => make('td', {role: 'cell', class: name, 'data-label': word(name)}, ...children);
    return [
        cell('state', sign_of(state)),
        make('th', {role: 'rowheader', scope: 'row', class: 'matter'},
            make('a', {href: `#/${encodeURIComponent(matter.id)}`},
                matter.title ? told(matter.title) : word('untitled')),
            make('small', {}, office_name('classes', matter.class), ' · ', make('bdi', {}, matter.id), ' ', badges(matter))),
        cell('owed', owed_list(matter)),
        cell('unit', matter.lead_unit ? told(office_name('units', matter.lead_unit)) : word('no_unit')),
        cell('acknowledged', acknowledged ? word('yes_at', short_time(acknowledged)) : word('not_yet')),
    ];
}

function row_of({matter, state}, language) {
    let kept = rows.get(matter.id);
    if (!kept) {
        kept = {row: make('tr', {role: 'row'})};
        rows.set(matter.id, kept);
    }
    if (kept.matter !== matter || kept.language !== language) {
        const focused = kept.row.contains(document.activeElement);
        kept.row.replaceChildren(...cells(matter, state));
        if (focused) kept.row.querySelector('a').focus();
    } else if (kept.state !== state) {
        kept.row.querySelector('.state').replaceChildren(...sign_of(state));
        kept.row.querySelector('.owed').replaceChildren(owed_list(matter));
    }
    kept.row.className = state;
    return Object.assign(kept, {matter, state, language}).row;
}

/** Puts the rows in their order; those in place stay, so that focus and selection do. */
function put_in_order(body, ordered) {
    const focused = document.activeElement;
    ordered.forEach((row, i) => {
        if (body.children[i] !== row) body.insertBefore(row, body.children[i] ?? null);
    });
    if (focused !== document.activeElement && body.contains(focused)) focused.focus();
}

function drop_gone(ordered) {
    const there = new Set(ordered.map(({matter}) => matter.id));
    for (const [id, {row}] of rows) {
        if (there.has(id)) continue;
        row.remove();
        rows.delete(id);
    }
}

/** All of it, as it is at this instant; gives how many are in which state. */
export function show_list(language) {
    const instant = now(), ordered = by_urgency(instant);
    drop_gone(ordered);
    put_in_order(find('#matters tbody'), ordered.map((one) => row_of(one, language)));
    for (const element of document.querySelectorAll('[data-due]')) count_down(element, instant);
    const count = (state) => ordered.filter((one) => one.state === state).length;
    say(find('#counts'), word('counts', count('overdue'), count('soon'), ordered.length));
    find('#nothing').hidden = ordered.length > 0;
    find('#matters').hidden = ordered.length === 0;
    return ordered;
}
