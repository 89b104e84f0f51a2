// Which language the board speaks, and the words that the page itself shows; those of cases are in terms.js.
import {terms} from './terms.js';

const pages = {
    zh: {
        board: '舆情值守看板', skip: '跳到在办事项', controls: '看板操作', report: '登记事项', identity: '身份', print: '打印', wall: '大屏',
        other_language: 'English', open_matters: '在办事项', nothing: '目前没有在办事项',
        caption: '在办事项，最紧急的在前', state: '状态', owed: '须完成 · 剩余时间', matter: '事项', unit: '责任单位', acknowledged: '签收',
        more: '显示更多', on_duty: '当前值班', sound_on: '声音已开启', sound_off: '声音未开启', close: '关闭', shown: (n) => `共 ${n} 件`,
        counts: (over, soon, all) => `超期 ${over} · 1小时内到期 ${soon} · 在办 ${all}`,
        sentences: (one, other) => one + other, away: '与服务器失去联系，', redis_away: '服务器连不上数据库，', state_of: (at) => `以下为 ${at} 的数据`, trying_again: '还没有数据，正在重试',
        no_data: '没有数据', token_missing: '没有令牌：请在“身份”里填写令牌', token_refused: '令牌无效或已过期：请在“身份”里换一个',
        token_at_wall: '。大屏没有“身份”按钮：请先打开看板（网址去掉 ?wall），填写后再点“大屏”',
        may_not_read: (role) => `无权查看：${role}令牌不能查看事项，请在“身份”里换一个`,
        only_local: '无权查看：没有设置令牌时，只能在服务器本机上打开看板',
        state_overdue: '超期', state_soon: '将到期', state_open: '在办', state_done: '已回应', state_ended: '无待办', state_internal: '内部超时',
        left: (span) => `剩 ${span}`, over: (span) => `超 ${span}`, due_at: (at) => `${at} 到期`, others: (n) => `另有 ${n} 项`,
        yes_at: (at) => `已签收 ${at}`, not_yet: '未签收', no_unit: '未交办', untitled: '（无标题）', until: (at) => `至 ${at}`,
        next: (who, at) => `下一班 ${who}，${at} 起`, nobody: '无人值班', gap: (from, to) => `空档 ${from} 至 ${to}`,
        page: (n, of) => `第 ${n} / ${of} 页`, printed: (at) => `${at} 打印`, new_matter: (title) => `新事项：${title}`,
        step_start: '开始', step_due: '到期', step_repeat: (n) => `第 ${n} 次催办`, step_span: (from, to) => `${from}至${to}`, step_percent: (n) => `时限过 ${n}%`, step_before_due: (span) => `到期前${span}`,
        step_after_due: (span) => `到期后${span}`, step_after_start: (span) => `开始后${span}`, unit_s: (n) => `${n}秒`, unit_m: (n) => `${n}分钟`,
        unit_h: (n) => `${n}小时`, unit_d: (n) => `${n}天`, unit_mo: (n) => `${n}个月`, unit_wd: (n) => `${n}个工作日`,
        obligations: '回应义务', told: '已通知', nobody_told: '还没有通知过任何人', timeline: '经过', permalink: '固定链接',
        acts: '操作', start: '起算', due: '到期', fulfilled: '完成', basis: '依据', excused: (by, why) => `免责：${by}，${why}`,
        recorded: (at) => `记录于 ${at}`, as_history: '补录', latest_only: (n) => `只列出最近 ${n} 条`, loading: '正在读取…',
        heat: (h) => `阅读 ${h.views ?? '—'} 转发 ${h.reposts ?? '—'} 评论 ${h.comments ?? '—'} 点赞 ${h.likes ?? '—'}`,
        heat_title: '热度', detected_at: '发现', occurred_at: '事发', grade: '突发事件级别', level: '舆情级别', field: '领域', assist: '协办单位',
        submit: '提交', cancel: '取消', again: '再试一次', optional: '（可不填）', choose: '请选择', saved: '已记录', duplicate: '这条已经记录过',
        by: '操作人', at: '实际时间', at_hint: '不填为现在', token: '令牌', token_hint: '只保存在本次打开的网页里；本机直接使用时不需要',
        save: '保存', log_out: '退出', supervisor_only: '需主管权限', operator_only: '需经办权限', monitor_only: '需经办或监测权限',
        lowering_unreasoned: '已记录，但降级须写明理由，级别未变', lowering_unconfirmed: '已记录，降级须主管确认后才生效',
        lowering_overtaken: '已记录，但另有更晚的研判，级别未变', refused: '没有完成', your_role: (role) => `当前权限：${role}`,
    },
    en: {
        board: 'Duty board', skip: 'Skip to open matters', controls: 'Controls', report: 'Report a matter', identity: 'Identity', print: 'Print',
        wall: 'Wall', other_language: '中文', open_matters: 'Open matters', nothing: 'No open matters',
        caption: 'Open matters, the most urgent first', state: 'State', owed: 'Owed · time left', matter: 'Matter', unit: 'Lead unit',
        acknowledged: 'Acknowledged', more: 'Show more', on_duty: 'On duty now', sound_on: 'Sound is on', sound_off: 'Sound is off',
        close: 'Close', shown: (n) => `${n} in all`,
        counts: (over, soon, all) => `${over} overdue · ${soon} due within the hour · ${all} open`,
        sentences: (one, other) => `${one} ${other}`, away: 'The server cannot be reached.', redis_away: 'The server cannot reach its database.',
        state_of: (at) => `This is the state of ${at}`, trying_again: 'There is no data yet; trying again',
        no_data: 'No data', token_missing: 'No token: enter one under "Identity"',
        token_refused: 'The token is not valid or has expired: enter another one under "Identity"',
        token_at_wall: '. The wall has no "Identity": open the board (the address without ?wall), enter it there, then press "Wall"',
        may_not_read: (role) => `May not look: a ${role} token cannot read matters; enter another one under "Identity"`,
        only_local: 'May not look: without tokens the board works only on the server itself',
        state_overdue: 'Overdue', state_soon: 'Due soon', state_open: 'Running', state_done: 'Answered', state_ended: 'Nothing owed', state_internal: 'Internal overdue',
        left: (span) => `${span} left`, over: (span) => `${span} over`, due_at: (at) => `due ${at}`, others: (n) => `${n} more`,
        yes_at: (at) => `Yes, ${at}`, not_yet: 'Not yet', no_unit: 'Unassigned', untitled: '(no title)', until: (at) => `until ${at}`,
        next: (who, at) => `then ${who} from ${at}`, nobody: 'Nobody', gap: (from, to) => `nobody from ${from} to ${to}`,
        page: (n, of) => `Page ${n} of ${of}`, printed: (at) => `printed ${at}`, new_matter: (title) => `New matter: ${title}`,
        step_start: 'start', step_due: 'due', step_repeat: (n) => `repeat ${n}`, step_span: (from, to) => `${from} to ${to}`, step_percent: (n) => `${n}% of the time`, step_before_due: (span) => `${span} before due`,
        step_after_due: (span) => `${span} after due`, step_after_start: (span) => `${span} after the start`, unit_s: (n) => `${n} s`,
        unit_m: (n) => `${n} min`, unit_h: (n) => `${n} h`, unit_d: (n) => `${n} d`, unit_mo: (n) => `${n} months`,
        unit_wd: (n) => `${n} working days`,
        obligations: 'Obligations', told: 'Who was told', nobody_told: 'Nobody was told yet', timeline: 'Record', permalink: 'Permanent link',
        acts: 'Actions', start: 'Start', due: 'Due', fulfilled: 'Fulfilled', basis: 'Basis', excused: (by, why) => `Excused by ${by}: ${why}`,
        recorded: (at) => `recorded ${at}`, as_history: 'as history', latest_only: (n) => `Only the latest ${n} are listed`,
        loading: 'Loading…',
        heat: (h) => `${h.views ?? '—'} views, ${h.reposts ?? '—'} reposts, ${h.comments ?? '—'} comments, ${h.likes ?? '—'} likes`,
        heat_title: 'Heat', detected_at: 'Detected', occurred_at: 'Occurred', grade: 'Grade of the emergency', level: 'Opinion level', field: 'Field',
        assist: 'Assisting', submit: 'Submit', cancel: 'Cancel', again: 'Try again', optional: '(optional)', choose: 'Choose',
        saved: 'Recorded', duplicate: 'This was recorded before', by: 'Who acts', at: 'When it happened', at_hint: 'empty means now',
        token: 'Token', token_hint: 'Kept only while this page is open; not needed on the machine itself', save: 'Save',
        supervisor_only: 'supervisors only', operator_only: 'operators only', monitor_only: 'operators and monitors only', log_out: 'Log out',
        lowering_unreasoned: 'Recorded, but lowering a grade takes a reason; the grade is as it was',
        lowering_unconfirmed: 'Recorded; a lower grade applies once a supervisor confirms it',
        lowering_overtaken: 'Recorded, but a later assessment says otherwise; the grade is as it was', refused: 'Not done', your_role: (role) => `Your role: ${role}`,
    },
};

export let language = localStorage.getItem('language') === 'en' ? 'en' : 'zh';

export function switch_language() {
    language = language === 'en' ? 'zh' : 'en';
    localStorage.setItem('language', language);
}

/** A word or phrase of the page; those with places take what fills them. */
export function word(name, ...fillings) {
    const found = pages[language][name];
    return typeof found === 'function' ? found(...fillings) : found;
}

/** The word for an identifier of the API; the identifier itself where there is none. */
export function term(group, id) {
    const found = Object.hasOwn(terms[group], id) ? terms[group][id] : null;
    return found ? found[language === 'en' ? 1 : 0] : id;
}

/** Words that stand in the page's own HTML. */
export function translate_page() {
    document.documentElement.lang = language === 'en' ? 'en' : 'zh-CN';
    document.title = word('board');
    for (const element of document.querySelectorAll('[data-t]')) element.textContent = word(element.dataset.t);
    for (const element of document.querySelectorAll('[data-t-label]')) {
        element.setAttribute('aria-label', word(element.dataset.tLabel));
    }
    const other = document.querySelector('#language');
    other.textContent = word('other_language');
    other.lang = language === 'en' ? 'zh-CN' : 'en';
}
