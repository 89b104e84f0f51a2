// The server's time, however wrong this device's clock is: taken from what the server says, run on by the
// browser's monotonic clock. That one may stand still while the device sleeps, so both are watched.

const drift_max_ms = 1500;
let base = {server: Date.now(), steady: performance.now(), wall: Date.now()};
let offset = '+08:00';

/** `text` is what the server says the time is, at this instant. */
export function set_server_time(text) {
    const server = Date.parse(text);
    if (!Number.isNaN(server)) base = {server, steady: performance.now(), wall: Date.now()};
}

/** Of a time in the office's zone: how far that zone is from UTC. */
export function set_zone(text) {
    offset = /[+-]\d\d:\d\d$/.exec(text)?.[0] ?? offset;
}

/** Milliseconds since 1970 by the server. */
export const now = () => base.server + performance.now() - base.steady;

/** Whether the device's clocks came apart: it slept, which is counted, or its clock was set. Then ask the server. */
export function came_apart() {
    const apart = Date.now() - base.wall - (performance.now() - base.steady);
    if (Math.abs(apart) < drift_max_ms) return false;
    base = {...base, server: base.server + Math.max(apart, 0), wall: base.wall + apart};
    return true;
}

/** An instant as the office's clock shows it, `2026-11-21T08:30:00+08:00`. */
export function in_zone(millis) {
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(offset);
    const ahead = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
    return new Date(Math.floor(millis / 1000) * 1000 + ahead * 60_000).toISOString().slice(0, 19) + offset;
}

/** What a person typed into a field for date and time, which names no zone: the office's. */
export const from_field = (text) => (text.length === 16 ? `${text}:00${offset}` : text + offset);

const two = (number) => String(number).padStart(2, '0');

/** `4:59:59` of a span; hours go on beyond a day, since the rules count hours. */
export function span(millis) {
    const seconds = Math.floor(Math.abs(millis) / 1000);
    return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `11-21 08:30` of a time as the server writes it; the year only when it is another one. */
export function short_time(text) {
    if (!text) return '';
    const year = in_zone(now()).slice(0, 5);
    return (text.startsWith(year) ? text.slice(5, 16) : text.slice(0, 16)).replace('T', ' ');
}

/** `08:30:15` */
export const clock_time = (millis) => in_zone(millis).slice(11, 19);
