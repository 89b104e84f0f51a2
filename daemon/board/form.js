// The form of one act: its fields, and the event made of what was filled in. The event keeps its id until it is
// recorded, so that submitting it twice records it once.
import {from_field, now, short_time} from './clock.js';
import {can_waive, commitments, facts} from './act_table.js';
import {make, told} from './dom.js';
import {matters} from './matters.js';
import {api, new_id} from './net.js';
import {office, on_duty} from './office.js';
import {refusal_note} from './refusals.js';
import {terms} from './terms.js';
import {term, word} from './words.js';

export const me = {
    get: () => sessionStorage.getItem('name') ?? (on_duty().length === 1 ? on_duty()[0] : ''),
    set: (name) => sessionStorage.setItem('name', name),
    forget: () => sessionStorage.removeItem('name'),
};

let forms = 0;

const names = (list) => list.map((one) => [one.name, one.name]);

/** `[value, text]` of what can be chosen. */
function choices(member, matter) {
    switch (member.kind) {
        case 'choice': return Object.keys(terms[member.terms]).map((id) => [id, term(member.terms, id)]);
        case 'field': return names(office.fields);
        case 'commitment': return commitments(matter).map((id) => [id, id]);
        case 'obligation': return matter.obligations.filter(can_waive).map((one) => [one.id, one.title ?? one.id]);
        case 'fact': return facts(matter).map((entry) => [JSON.stringify([entry.source, entry.id]),
            `${short_time(entry.time)} ${term('event', entry.type)} ${entry.by ?? ''} ${entry.note ?? ''}`.slice(0, 80)]);
        default: return null;
    }
}

/** Suggestions: what else is typed is taken too, and marked by the daemon where it is unknown. */
function suggestions(member, matter) {
    switch (member.kind) {
        case 'unit': return office.units.map((one) => one.name);
        case 'officer': return [...new Set([...on_duty(), ...office.officers.map((one) => one.name)])];
        case 'matter': return [...matters.keys()].filter((id) => id !== matter.id);
        default: return [];
    }
}

function input_of(member, id, matter) {
    const common = {id, name: member.name, required: member.required};
    const options = choices(member, matter);
    if (options) {
        return make('select', common, make('option', {value: ''}, word('choose')),
            options.map(([value, text]) => make('option', {value}, text)));
    }
    if (member.kind === 'area') return make('textarea', {...common, rows: 3, maxlength: 4000});
    if (member.kind === 'time') return make('input', {...common, type: 'datetime-local'});
    if (member.kind === 'url') return make('input', {...common, type: 'url', maxlength: 2000, placeholder: 'https://'});
    const list = suggestions(member, matter);
    const input = make('input', {...common, type: 'text', maxlength: 200, autocomplete: 'off', list: list.length > 0 && `${id}-list`});
    if (member.value) input.value = member.value;
    return [input, list.length > 0 && make('datalist', {id: `${id}-list`}, list.map((value) => make('option', {value})))];
}

export function field(member, matter) {
    const id = `f${forms}-${member.name}`;
    return make('p', {class: 'field'},
        make('label', {for: id}, term('form', member.name), ' ',
            !member.required && make('small', {}, member.hint ? word(member.hint) : word('optional'))),
        input_of(member, id, matter));
}

function value_of(member, text) {
    if (member.kind === 'time') return from_field(text);
    if (member.kind === 'units') return text.split(/[、,，;；\s]+/).filter(Boolean);
    return text;
}

function data_of(act, form) {
    const data = {};
    for (const member of act.members) {
        const text = form.elements[member.name].value.trim();
        if (text === '') continue;
        if (member.kind === 'fact') [data.event_source, data.event_id] = JSON.parse(text);
        else data[member.name] = value_of(member, text);
    }
    return data;
}

function event_of(act, matter, form, id) {
    const at = form.elements.at.value;
    const event = {
        specversion: '1.0', id, source: ['board', office.jurisdiction].filter(Boolean).join('/'), type: act.type,
        time: at ? from_field(at) : new Date(now()).toISOString(), data: data_of(act, form),
    };
    if (matter) event.subject = matter.id;
    if (!act.nobody) {
        event.data.by = form.elements.by.value.trim();
        me.set(event.data.by);
    }
    // Approved, and nobody said when: by the time it was out.
    if (event.data.approved_by && !event.data.approved_at) event.data.approved_at = event.time;
    return event;
}

/** The form; `done(answer, event)` is called once the event is recorded, `cancel()` when somebody thinks better of it. */
export function act_form(act, matter, {done, cancel}) {
    forms += 1;
    const id = new_id();
    const messages = make('div', {});
    const submit = make('button', {type: 'submit', class: 'main'}, word('submit'));
    const by = {name: 'by', kind: 'officer', required: true, value: me.get()};
    const form = make('form', {class: 'act', 'aria-labelledby': `f${forms}-title`},
        make(matter ? 'h4' : 'h3', {id: `f${forms}-title`, tabindex: '-1'}, term('act', act.id)),
        act.nobody ? null : field(by, matter),
        act.members.map((member) => field(member, matter)),
        field({name: 'at', kind: 'time', hint: 'at_hint'}, matter),
        messages,
        make('p', {class: 'buttons'}, submit, make('button', {type: 'button', onclick: cancel}, word('cancel'))));
    form.addEventListener('submit', async (pressed) => {
        pressed.preventDefault();
        submit.disabled = true;
        try {
            const event = event_of(act, matter, form, id);
            done(await api('events', event), event);
        } catch (refusal) {
            messages.replaceChildren(refusal_note(refusal));
            submit.textContent = word('again');
            form.elements[refusal.path?.split('/').pop()]?.setAttribute?.('aria-invalid', 'true');
        }
        submit.disabled = false;
    });
    return form;
}

const grades_up = ['none', 'ordinary', 'considerable', 'major', 'extreme'];

/**
 * Why the matter, looked at after the event was recorded, is not as it says; null when it is. A grade is lowered with a
 * reason and by a supervisor, else it stays; everything else that was accepted applies.
 */
export function unapplied({type, id, data}, matter) {
    const lower = grades_up.indexOf(data.incident_grade) < grades_up.indexOf(matter.incident_grade);
    if (type !== 'case.assessed' || !data.incident_grade || !lower) return null;
    const fact = matter.timeline.find((entry) => entry.id === id);
    if (!fact) return null;  // looked at before it was recorded
    if (!data.reason) return 'lowering_unreasoned';
    return fact.via?.role === 'operator' ? 'lowering_unconfirmed' : 'lowering_overtaken';
}

/** `why_not`: as unapplied() has it. */
export const saved_note = (answer, why_not = null) => make('p', {class: why_not ? 'saved unapplied' : 'saved', role: 'status'},
    word(why_not ?? (answer.status === 'duplicate' ? 'duplicate' : 'saved')), answer.case && [' ', told(answer.case)]);
