// What people may tell the daemon from the board: one event type each, with its members as the contract has them.
// `needs` is the least role that may; `when` says of which cases it makes sense to ask.
import {is_unmet} from './matters.js';

const member = (name, kind, required = false, more = {}) => ({name, kind, required, ...more});
const note = member('note', 'area');
const reason = member('reason', 'area');
const why = member('reason', 'area', true);
const grades = member('incident_grade', 'choice', false, {terms: 'grade'});
const levels = member('opinion_level', 'choice', false, {terms: 'level'});
const lead_unit = member('lead_unit', 'unit');
const is_open = (matter) => matter.status === 'open';
const is_alive = (matter) => matter.status === 'open' || matter.status === 'closed';
/** Once overdue it is excused, and once excused there is no more to it. */
export const can_waive = (obligation) => is_unmet(obligation) && !obligation.excused;
const owes = (matter) => is_alive(matter) && matter.obligations.some(can_waive);

export const report = {
    id: 'report', type: 'opinion.detected', needs: 'monitor', nobody: true,
    members: [member('title', 'text', true), member('summary', 'area'), grades, levels, member('field', 'field'), lead_unit,
              member('place', 'text'), member('platform', 'text'), member('url', 'url'), member('occurred_at', 'time')],
};

export const acts = [
    {id: 'acknowledge', type: 'case.acknowledged', needs: 'operator', members: [note],
     when: (matter) => is_open(matter) && !matter.acknowledged_at},
    {id: 'publish', type: 'response.published', needs: 'operator', when: is_alive, members: [
        member('kind', 'choice', true, {terms: 'response'}), member('title', 'text'), member('url', 'url'), member('channel', 'text'),
        member('approved_by', 'officer'), member('approved_at', 'time')]},
    {id: 'assign', type: 'case.assigned', needs: 'operator', when: is_open,
     members: [{...lead_unit, required: true}, member('assist_units', 'units'), reason]},
    {id: 'assess', type: 'case.assessed', needs: 'operator', when: is_open,
     members: [grades, levels, member('field', 'field'), reason]},
    {id: 'approve', type: 'response.approved', needs: 'operator', when: is_open, members: [note]},
    {id: 'note', type: 'case.noted', needs: 'operator', when: () => true, members: [member('text', 'area', true)]},
    {id: 'return', type: 'case.returned', needs: 'operator', when: (matter) => is_open(matter) && matter.lead_unit,
     members: [member('unit', 'unit'), why]},
    {id: 'commit', type: 'commitment.made', needs: 'operator', when: is_alive,
     members: [member('commitment', 'text', true), member('text', 'area', true), member('due', 'time', true)]},
    {id: 'keep', type: 'commitment.kept', needs: 'operator', when: (matter) => commitments(matter).length > 0,
     members: [member('commitment', 'commitment', true), member('url', 'url')]},
    {id: 'close', type: 'case.closed', needs: 'operator', when: is_open, members: [reason]},
    {id: 'reopen', type: 'case.reopened', needs: 'operator', members: [why],
     when: (matter) => matter.status === 'closed' || matter.status === 'dismissed'},
    {id: 'merge', type: 'case.merged', needs: 'operator', when: is_open, members: [member('into', 'matter', true), reason]},
    {id: 'waive', type: 'obligation.waived', needs: 'supervisor', when: owes,
     members: [member('obligation', 'obligation', true), why]},
    {id: 'mute', type: 'case.muted', needs: 'supervisor', when: is_open, members: [member('until', 'time', true), why]},
    {id: 'dismiss', type: 'case.dismissed', needs: 'supervisor', when: is_open, members: [why]},
    {id: 'withdraw', type: 'fact.withdrawn', needs: 'supervisor', when: (matter) => facts(matter).length > 0,
     members: [member('fact', 'fact', true), why]},
];

/** Ids of promises not kept yet. */
export const commitments = (matter) => matter.obligations
    .filter((one) => is_unmet(one) && one.id.startsWith('commitment.'))
    .map((one) => one.id.slice('commitment.'.length));

/** Facts of the record that can be withdrawn, the latest first. */
export const facts = (matter) => matter.timeline
    .filter((entry) => entry.kind === 'fact' && entry.type !== 'fact.withdrawn').reverse();

const sufficient = {
    monitor: ['monitor', 'operator', 'supervisor', 'admin'],  // tells what was detected, and reads nothing
    viewer: ['viewer', 'operator', 'supervisor', 'admin'],
    operator: ['operator', 'supervisor', 'admin'],
    supervisor: ['supervisor', 'admin'],
};
export const may = (role, act) => sufficient[act.needs].includes(role);
export const may_read = (role) => sufficient.viewer.includes(role);
