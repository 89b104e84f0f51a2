// What a refusal means to a person, and what to do about it: the remedy first, then the server's own words.
import {make} from './dom.js';
import {term, word} from './words.js';

const by_status = {401: 'unauthorized', 403: 'forbidden', 413: 'too_large'};

export function remedy(refusal) {
    const code = by_status[refusal.status] ?? refusal.code;
    const known = term('remedy', code);
    return known === code ? refusal.message : known;
}

export function refusal_note(refusal) {
    const named = [refusal.path, refusal.message].filter(Boolean).join('：');
    return make('div', {class: 'problem', role: 'alert'},
        make('p', {}, make('strong', {}, word('refused')), ' ', remedy(refusal)),
        refusal.code === 'network' ? null : make('p', {class: 'quiet', lang: 'en'}, named));
}
