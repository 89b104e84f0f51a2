// The buttons of a matter, the form behind each, reporting a new matter, and who is sitting here.
import {acts, may, may_read, report} from './act_table.js';
import {find, make} from './dom.js';
import {act_form, field, me, saved_note, unapplied} from './form.js';
import {token} from './net.js';
import {role} from './office.js';
import {term, word} from './words.js';

let recorded = null;  // {answer, event} of what was done last, so that it outlives the next look at the matter

export function forget_acts() {
    recorded = null;
}

/** Buttons of what makes sense now; `changed()` is called when something was recorded. */
export function act_buttons(matter, changed) {
    const place = make('div', {}, recorded?.answer.case === matter.id && saved_note(recorded.answer, unapplied(recorded.event, matter)));
    const buttons = acts.filter((act) => act.when(matter)).map((act) => {
        const allowed = may(role, act);
        const open = () => {
            const form = act_form(act, matter, {
                done: (answer, event) => {
                    recorded = {answer, event};
                    place.replaceChildren(saved_note(answer));
                    changed();
                },
                cancel: () => {
                    place.replaceChildren();
                    changed();
                },
            });
            recorded = null;
            place.replaceChildren(form);
            form.querySelector('h4').focus();
            form.scrollIntoView({block: 'nearest'});
        };
        return make('button', {type: 'button', id: `act-${act.id}`, onclick: open, disabled: !allowed,
                               title: !allowed && word(`${act.needs}_only`)}, term('act', act.id));
    });
    return [make('p', {class: 'buttons'}, buttons), place];
}

/** A dialog of its own, removed when it is closed. */
function pop_up(title, content) {
    const close = () => dialog.close();
    const dialog = make('dialog', {class: 'pop-up', 'aria-label': title},
        make('div', {class: 'sheet-head'}, make('h2', {}, title),
            make('button', {type: 'button', class: 'close', onclick: close}, word('close'))));
    dialog.append(content(close));
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
}

export function show_report() {
    const button = find('#report');
    button.disabled = !may(role, report);
    button.title = button.disabled ? word(`${report.needs}_only`) : '';
}

export function ready_report() {
    find('#report').addEventListener('click', () => {
        const dialog = pop_up(word('report'), (close) => act_form(report, null, {
            done: (answer, event) => {
                if (!may_read(role)) return dialog.querySelector('form').replaceWith(saved_note(answer));
                recorded = {answer, event};
                location.hash = `#/${answer.case}`;
                close();
            },
            cancel: close,
        }));
    });
}

/** `changed()` is called when another token, or none, is used from now on. */
export function ready_identity(changed) {
    find('#who').addEventListener('click', () => {
        pop_up(word('identity'), (close) => {
            const log_out = () => {
                me.forget();
                token.set('');
                close();
                changed();
            };
            const form = make('form', {class: 'identity'},
                make('p', {}, word('your_role', term('client_role', role ?? 'nobody'))),
                field({name: 'by', kind: 'officer', value: me.get()}),
                make('p', {class: 'field'}, make('label', {for: 'token'}, word('token')),
                    make('input', {id: 'token', name: 'token', type: 'password', autocomplete: 'off'}),
                    make('small', {}, word('token_hint'))),
                make('p', {class: 'buttons'}, make('button', {type: 'submit', class: 'main'}, word('save')),
                    token.get() && make('button', {type: 'button', id: 'log-out', onclick: log_out}, word('log_out'))));
            form.elements.token.value = token.get();
            form.addEventListener('submit', (pressed) => {
                pressed.preventDefault();
                me.set(form.elements.by.value.trim());
                const token_before = token.get();
                token.set(form.elements.token.value.trim());
                close();
                if (token.get() !== token_before) changed();
            });
            return form;
        });
    });
}
