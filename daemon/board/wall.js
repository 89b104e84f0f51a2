// The wall: large type, no controls, and it turns its pages by itself. Asked for by `/?wall`.
import {find, say} from './dom.js';
import {word} from './words.js';

const turn_every_ms = 12_000;
export const is_wall = new URLSearchParams(location.search).has('wall');
let page = 0, shown_at = 0;

export function ready_wall() {
    document.body.classList.toggle('wall', is_wall);
    if (is_wall) shown_at = performance.now();
}

/** How many whole rows there is room for; all are of one height here. */
function rows_per_page(row) {
    const room = find('#duty').getBoundingClientRect().top - find('#matters tbody').getBoundingClientRect().top;
    return Math.max(1, Math.floor(room / row.getBoundingClientRect().height));
}

export function show_wall(count) {
    if (!is_wall) return;
    const rows = [...find('#matters tbody').children];
    const some = rows.find((row) => !row.hidden);
    if (!some) {
        rows.slice(0, 1).forEach((row) => { row.hidden = false; });
        return say(find('#page'), '');
    }
    const per_page = rows_per_page(some), pages = Math.ceil(count / per_page);
    if (performance.now() - shown_at >= turn_every_ms) {
        page += 1;
        shown_at = performance.now();
    }
    page %= pages;
    rows.forEach((row, i) => { row.hidden = Math.floor(i / per_page) !== page; });
    say(find('#page'), word('page', page + 1, pages));
}
