// The open matters as the server told them, and how urgent each is at an instant. No page, no clock, no network.

const hour_ms = 3_600_000;
const ranks = {overdue: 0, soon: 1, internal: 2, open: 2, done: 3, ended: 3};

export const matters = new Map();  // id -> case, as an element of GET /api/v1/cases

export const is_unmet = (obligation) => obligation.status === 'pending' || obligation.status === 'overdue';
/** Somebody still has to do it; what was excused, or missed before the closing, stays overdue and is asked of nobody. */
export const is_owed = (obligation) => obligation.remaining_seconds !== null;
const is_statutory = (obligation) => obligation.kind === 'statutory';
export const due_of = (obligation) => Date.parse(obligation.due);

/** What is still owed, the earliest first. */
export function owed(matter) {
    return matter.obligations.filter(is_owed).sort((a, b) => due_of(a) - due_of(b));
}

/** On the board: what is open, and what was closed although the public still waits for an answer. */
function belongs(matter) {
    return matter.status === 'open' || (matter.status === 'closed' && owed(matter).length > 0);
}

/** The case as it is now; gives whether it is new on the board. */
export function take(matter) {
    const is_new = !matters.has(matter.id);
    if (!belongs(matter)) {
        matters.delete(matter.id);
        return false;
    }
    matters.set(matter.id, matter);
    return is_new;
}

/**
 * `overdue` by the rules, `soon` within the hour, `internal` behind the office's own plan, `open`; of what owes nothing
 * any more `done` when it was answered by the rules, else `ended`.
 */
export function state_at(matter, now) {
    const open = owed(matter);
    if (open.length === 0) return matter.obligations.some((one) => is_statutory(one) && one.fulfilled_at) ? 'done' : 'ended';
    const passed = open.filter((obligation) => due_of(obligation) < now);
    if (passed.some(is_statutory)) return 'overdue';
    if (open.some((obligation) => due_of(obligation) >= now && due_of(obligation) < now + hour_ms)) return 'soon';
    return passed.length > 0 ? 'internal' : 'open';
}

/**
 * What has to be shown first of a matter: a deadline of the rules that has passed; else what falls due within the
 * hour; else the next deadline of the rules. The office's own plan, once missed, hides none of these.
 */
export function foremost(matter, now) {
    const open = owed(matter);
    const to_come = open.filter((obligation) => due_of(obligation) >= now);
    return open.find((obligation) => is_statutory(obligation) && due_of(obligation) < now)
        ?? to_come.find((obligation) => due_of(obligation) < now + hour_ms)
        ?? to_come.find(is_statutory) ?? to_come[0] ?? open[0];
}

/** All of them, `{matter, state}`, the most urgent first. */
export function by_urgency(now) {
    const ordered = [...matters.values()].map((matter) => {
        const state = state_at(matter, now), first = foremost(matter, now);
        return {matter, state, rank: ranks[state], at: first ? due_of(first) : -Date.parse(matter.detected_at)};
    });
    return ordered.sort((a, b) => a.rank - b.rank || a.at - b.at || (a.matter.id < b.matter.id ? -1 : 1));
}

/** Deadlines that passed between two instants, by the clock alone. */
export function passed_between(from, to) {
    return [...matters.values()].flatMap((matter) =>
        owed(matter)
            .filter((obligation) => due_of(obligation) > from && due_of(obligation) <= to)
            .map((obligation) => ({matter, obligation})));
}
