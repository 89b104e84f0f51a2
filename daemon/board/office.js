// The names behind ids (GET /api/v1/office), and who is on duty (GET /api/v1/roster).
import {set_server_time, set_zone, short_time} from './clock.js';
import {find, make, told} from './dom.js';
import {api} from './net.js';
import {term, word} from './words.js';

const unknown = {jurisdiction: '', classes: [], units: [], fields: [], officers: []};
export let office = unknown;
export let role = null;  // of who sits here; null: not known, and nothing may be done
let duty = [];

/** The name of a class, unit or field; its id where the directory of today does not know it. */
export function office_name(kind, id) {
    return office[kind].find((one) => one.id === id)?.name ?? id ?? '';
}

export const role_name = (duty_role) => {
    const known = term('role', duty_role);
    return known === duty_role ? duty.find((one) => one.role === duty_role)?.name ?? duty_role : known;
};

/** Names of those on duty, for whoever has to say who acts. */
export const on_duty = () => [...new Set(duty.flatMap((one) => one.officers.map((officer) => officer.name)))];

export async function load_role() {
    ({role} = await api('token'));
}

/** What is left of who may not look any more is a role, or none. */
export function forget_office(role_left) {
    office = unknown;
    duty = [];
    role = role_left;
}

export async function load_office() {
    await load_role();
    const asked = performance.now();
    office = await api('office');
    set_zone(office.now);
    // The answer is as old as half the way it took.
    set_server_time(new Date(Date.parse(office.now) + (performance.now() - asked) / 2).toISOString());
    duty = (await api('roster')).roles;
}

const names = (officers) => officers.map((officer) => officer.name).join('、');

function duty_entry(one) {
    const lines = [];
    if (one.until) lines.push(word('until', short_time(one.until)));
    if (one.next) lines.push(word('next', names(one.next.officers), short_time(one.next.from)));
    const gap = one.gaps[0];
    return make('div', {class: one.officers.length ? 'duty' : 'duty gap'},
        make('dt', {}, role_name(one.role)),
        make('dd', {},
            one.officers.length ? told(names(one.officers), {class: 'told name'}) : make('strong', {}, word('nobody')),
            lines.length > 0 && make('small', {}, lines.join('；')),
            gap && make('small', {class: 'gap'}, word('gap', short_time(gap.from), short_time(gap.to)))));
}

export function show_duty() {
    find('#duty dl').replaceChildren(...duty.map(duty_entry));
    find('#office').textContent = office.jurisdiction;
}
