// One matter in full: what is owed, who was told, the record, and what can be done. A dialog over the list, at
// the address `/#/ID`.
import {act_buttons} from './acts.js';
import {short_time} from './clock.js';
import {find, make, told} from './dom.js';
import {badges, time_left} from './list.js';
import {is_owed} from './matters.js';
import {api} from './net.js';
import {office_name} from './office.js';
import {refusal_note} from './refusals.js';
import {told_section, timeline_section} from './record.js';
import {term, word} from './words.js';

let shown = null;   // id
let matter = null;  // as last read

const dialog = () => find('#sheet');

function fact(name, value) {
    return value && make('div', {}, make('dt', {}, word(name)), make('dd', {}, value));
}

function facts(one) {
    return make('dl', {class: 'facts'},
        fact('grade', term('grade', one.incident_grade)),
        fact('level', one.opinion_level && term('level', one.opinion_level)),
        fact('unit', one.lead_unit ? told(office_name('units', one.lead_unit)) : word('no_unit')),
        fact('assist', one.assist_units.map((unit) => office_name('units', unit)).join('、')),
        fact('field', one.field && told(office_name('fields', one.field))),
        fact('detected_at', short_time(one.detected_at)),
        fact('occurred_at', short_time(one.occurred_at)),
        fact('acknowledged', one.acknowledged_at ? word('yes_at', short_time(one.acknowledged_at)) : word('not_yet')),
        one.heat && fact('heat_title', word('heat', one.heat)));
}

function obligation_item(one) {
    const notes = [`${term('kind', one.kind)} · ${word('due_at', short_time(one.due))}`];
    if (one.fulfilled_at) notes.push(`${word('fulfilled')} ${short_time(one.fulfilled_at)}`);
    if (one.card) notes.push(term('card', one.card));
    return make('li', {class: one.status},
        make('strong', {class: 'status'}, term('obligation_status', one.status)), ' ',
        told(one.title ?? one.id), ' ', is_owed(one) && time_left(one),
        make('small', {}, notes.join(' · ')),
        one.basis && make('small', {}, `${word('basis')}：`, told(one.basis)),
        one.excused && make('small', {}, word('excused', one.excused.by, one.excused.reason)));
}

function section(title, ...children) {
    return make('section', {}, make('h3', {}, word(title)), ...children);
}

function head(title) {
    return make('div', {class: 'sheet-head'},
        make('h2', {id: 'sheet-title', tabindex: '-1'}, title),
        make('button', {type: 'button', class: 'close', onclick: close_sheet}, word('close')));
}

function body(one) {
    const link = `cases/${encodeURIComponent(one.id)}`;
    return [
        head(one.title ? told(one.title) : word('untitled')),
        make('p', {}, term('case_status', one.status), ' · ', office_name('classes', one.class), ' ', badges(one)),
        facts(one),
        section('obligations', make('ul', {class: 'obligations'}, one.obligations.map(obligation_item))),
        section('acts', act_buttons(one, () => refresh_sheet(one.id))),
        section('told', told_section(one)),
        section('timeline', timeline_section(one)),
        make('p', {class: 'quiet'}, make('bdi', {}, one.id), ' · ', make('a', {href: link}, word('permalink'))),
    ];
}

/** Writes the sheet anew; the form somebody is filling in is left alone, and so is where they read. */
export function show_sheet() {
    if (!shown || !matter) return;
    const old = dialog();
    if (old.querySelector('form')) return;
    const at = old.scrollTop, focused = document.activeElement?.id;
    old.replaceChildren(...body(matter));
    old.scrollTop = at;
    if (focused) document.getElementById(focused)?.focus();
}

export async function refresh_sheet(id) {
    if (id !== shown) return;
    try {
        const read = await api(`cases/${encodeURIComponent(id)}`);
        if (id !== shown) return;
        matter = read;
        show_sheet();
    } catch (refusal) {
        if (id !== shown || matter) return;
        dialog().replaceChildren(head(id), refusal_note(refusal));
    }
}

function open_sheet(id) {
    if (id === shown) return;
    shown = id;
    matter = null;
    dialog().replaceChildren(head(id), make('p', {}, word('loading')));
    if (!dialog().open) dialog().showModal();
    refresh_sheet(id);
}

function close_sheet() {
    if (dialog().open) dialog().close();
}

/** Nothing of the matter stays; its address does, so that it is there again for whoever may see it. */
export function forget_sheet() {
    shown = matter = null;
    dialog().replaceChildren();
    close_sheet();
}

/** The matter that the address names; an address that is none, as of a torn link, names none. */
function id_of_address() {
    try {
        return decodeURIComponent(/^#\/(.+)$/.exec(location.hash)?.[1] ?? '');
    } catch {
        return '';
    }
}

export function follow_address() {
    const id = id_of_address();
    if (id) open_sheet(id);
    else if (shown) close_sheet();
}

export function ready_sheet() {
    window.addEventListener('hashchange', follow_address);
    dialog().addEventListener('close', () => {
        if (dialog().open) return;
        const left = shown !== null;
        shown = matter = null;
        dialog().replaceChildren();
        if (left && location.hash.startsWith('#/')) history.replaceState(null, '', location.pathname + location.search);
    });
    follow_address();
}
