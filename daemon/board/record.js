// The record of a matter as people read it: who was told what, and everything that happened.
import {short_time} from './clock.js';
import {make, told} from './dom.js';
import {api} from './net.js';
import {office_name, role_name} from './office.js';
import {term, word} from './words.js';

const deliveries_max = 20;  // messages whose fate is asked for, the latest ones
const settled = new Map();  // id of a message -> state, once it is final

const said_terms = {kind: 'response', incident_grade: 'grade', opinion_level: 'level'};
const said_names = {field: 'fields', lead_unit: 'units', unit: 'units'};

/** The name of an obligation; of one that is not there any more that of another occurrence, else its id. */
function obligation_title(id, matter) {
    const rule = (one) => one.replace(/\.\d+$/, '');
    const all = matter.obligations;
    return (all.find((one) => one.id === id) ?? all.find((one) => rule(one.id) === rule(id)))?.title ?? id;
}

function said_value(name, value, matter) {
    if (name === 'obligation') return obligation_title(value, matter);
    if (said_terms[name]) return term(said_terms[name], value);
    if (said_names[name]) return office_name(said_names[name], value);
    return name === 'due' || name === 'until' ? short_time(String(value)) : String(value);
}

/** Each once: one message of several channels names them again. */
function people(targets) {
    const names = targets.map(({role, officers}) =>
        [role_name(role), officers.map((one) => one.name ?? one.id).join('、')].filter(Boolean).join(' '));
    return [...new Set(names)].join('；');
}

/** `due-1h`, `50%`, `due+1h#2`, `due#1..due#5` as people say it. */
function step_name(step) {
    const [first, last] = step.split('..');
    if (last) return word('step_span', step_name(first), step_name(last));
    const [, share] = /^(\d+)%$/.exec(step) ?? [];
    if (share) return word('step_percent', share);
    if (step === 'start' || step === 'due') return word(`step_${step}`);
    const [, repeat] = /#(\d+)$/.exec(step) ?? [];
    if (repeat) return word('step_repeat', repeat);
    const [, from, way, span] = /^(start|due)([-+])(.+)$/.exec(step) ?? [];
    return from ? word(way === '-' ? `step_before_${from}` : `step_after_${from}`, span_name(span)) : step;
}

const span_name = (span) => span.replace(/(\d+)(mo|wd|[smhd])/g, (_, number, unit) => word('unit_' + unit, number));

function step_text(entry, matter) {
    const [reason, flag] = entry.reason?.split(':') ?? [];
    return [entry.obligation && obligation_title(entry.obligation, matter), entry.step && step_name(entry.step),
            reason && term(entry.kind === 'skipped' ? 'why_not' : 'notice', reason), flag && term('flag', flag)].filter(Boolean).join(' · ');
}

async function show_fate(element, id) {
    if (!settled.has(id)) {
        try {
            const {state} = await api(`notifications/${encodeURIComponent(id)}`);
            if (state !== 'delivered' && state !== 'superseded') return element.replaceChildren(fate(state));
            settled.set(id, state);
        } catch {
            return;  // forgotten a week after its end; that it was told is in the record
        }
    }
    element.replaceChildren(fate(settled.get(id)));
}

const fate = (state) => make('span', {class: `fate ${state}`}, term('delivery', state));

/** What was told to whom, the latest first, with what became of it. */
export function told_section(matter) {
    const entries = matter.timeline.filter((entry) => entry.notifications?.length).reverse();
    if (entries.length === 0) return make('p', {class: 'quiet'}, word('nobody_told'));
    let asked = 0;
    return make('ol', {class: 'record'}, entries.map((entry) => {
        const fates = entry.notifications.slice(0, Math.max(0, deliveries_max - asked)).map((id) => {
            const element = make('span', {});
            show_fate(element, id);
            return element;
        });
        asked += fates.length;
        return make('li', {}, make('time', {}, short_time(entry.at)), ' ', told(step_text(entry, matter), {class: 'told what'}), ' ',
            told(people(entry.targets)), ' ', fates);
    }));
}

function fact_text(entry, matter) {
    const said = Object.entries(entry.said ?? {}).map(([name, value]) => `${term('said', name)} ${said_value(name, value, matter)}`);
    return [
        make('b', {}, term('event', entry.type)), ' ',
        entry.by && told(entry.by), ' ', entry.note && told(entry.note, {class: 'told note'}), ' ',
        said.length > 0 && told(said.join('；')),
        entry.time !== entry.at && make('small', {}, word('recorded', short_time(entry.at))),
        entry.silent && make('small', {}, word('as_history')),
    ];
}

function entry_item(entry, matter) {
    const is_fact = entry.kind === 'fact' || entry.kind === 'adopted';
    return make('li', {class: entry.kind},
        make('time', {}, short_time(is_fact ? entry.time : entry.at)), ' ',
        is_fact ? fact_text(entry, matter) : [
            make('b', {}, term('entry', entry.kind)), ' ', told(step_text(entry, matter)), ' ',
            entry.targets?.length > 0 && told(people(entry.targets)), entry.by && told(entry.by),
        ]);
}

export function timeline_section(matter) {
    return [
        matter.timeline.length >= 200 && make('p', {class: 'quiet'}, word('latest_only', 200)),
        make('ol', {class: 'record'}, [...matter.timeline].reverse().map((entry) => entry_item(entry, matter))),
    ];
}
