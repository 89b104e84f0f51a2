// The duty board, scene by scene; desk.js holds the browser and the office.
import {ask, browser, check, end, faults, judge, open_board, picture, read_case, settings, tell, wait_for} from './desk.js';

const row = (page, id) => page.locator(`#matters tr:has(a[href="#/${id}"])`);
const text_of = async (locator) => (await locator.count()) > 0 && (await locator.first().innerText());
const seconds_of = (text) => {
    const [, hours, minutes, seconds] = /(\d+):(\d\d):(\d\d)/.exec(text);
    return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
};
const state_is = (page, id, state) =>
    wait_for(async () => (await row(page, id).getAttribute('class').catch(() => null)) === state, `${id} is ${state}`);

async function act(page, act_id, fill) {
    await page.click(`#act-${act_id}`);
    const form = page.locator('form.act');
    for (const [name, value] of Object.entries({by: '王五', ...fill})) {
        const field = form.locator(`[name=${name}]`);
        if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(value);
        else await field.fill(value);
    }
    return form;
}

async function nothing_yet() {
    const page = await open_board();
    await wait_for(() => page.locator('#nothing').isVisible(), 'the empty board says so');
    await picture(page, 'empty');
    await page.context().close();
}

/** A matter from its first second to its answer, all from the page. */
async function a_matter(name, size) {
    const id = `DAY-${name}`;
    const page = await open_board({size});
    const told = await tell('opinion.detected', id, {title: '县医院门诊大厅停电，多人被困电梯', platform: 'quick'});
    await row(page, id).waitFor();
    check(/在办|将到期/.test(await text_of(row(page, id).locator('.state'))), `${name}: the matter is open`);
    const due = Date.parse(told.obligations[0].due);
    const before = seconds_of(await text_of(row(page, id).locator('.left')));
    check(Math.abs(before - (due - Date.now()) / 1000) < 2, `${name}: the time left is the server's, ${before}`);
    await wait_for(async () => seconds_of(await text_of(row(page, id).locator('.left'))) <= before - 2, 'it counts down');
    await picture(page, `${name}-1-open`);

    await row(page, id).locator('a').click();
    await page.locator('#sheet[open] .obligations li').first().waitFor();
    await picture(page, `${name}-2-sheet`);
    await (await act(page, 'acknowledge', {note: '已到场'})).locator('button[type=submit]').click();
    await page.locator('.saved').waitFor();
    await wait_for(async () => (await read_case(id)).acknowledged_at, 'the acknowledgement is in the record');
    await wait_for(async () => /王五/.test(await text_of(page.locator('#sheet'))), 'the sheet shows who did');
    await picture(page, `${name}-3-acknowledged`);
    await page.keyboard.press('Escape');
    await wait_for(async () => /已签收/.test(await text_of(row(page, id).locator('.acknowledged'))), 'the row shows it');

    await state_is(page, id, 'overdue');
    check(Date.now() >= due && Date.now() < due + 3000, `${name}: overdue at its instant, ${Date.now() - due} ms after`);
    await wait_for(async () => /到期/.test(await page.locator('#alarm').textContent()), 'the alarm is told in words');
    check(/超期/.test(await text_of(row(page, id).locator('.state'))), `${name}: overdue in words`);
    await picture(page, `${name}-4-overdue`);

    await row(page, id).locator('a').click();
    const form = await act(page, 'publish', {kind: 'authoritative_release', approved_by: '李主任', url: 'https://example.gov.cn/1'});
    await picture(page, `${name}-5-answering`);
    await form.locator('button[type=submit]').click();
    await wait_for(async () => (await read_case(id)).obligations[0].status === 'late', 'the answer counts');
    await wait_for(async () => /超时/.test(await text_of(page.locator('#sheet .obligations'))), 'the sheet shows it');
    await picture(page, `${name}-6-answered`);
    await page.keyboard.press('Escape');
    await state_is(page, id, 'done');
    check(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), `${name}: nothing sticks out`);
    await page.context().close();
}

async function a_busy_office() {
    const hour = 3600;
    await tell('opinion.detected', 'QS-1', {title: '校车超载被拍', field: '义务教育'}, -49 * hour);
    await tell('opinion.detected', 'QS-2', {title: '小区夜间施工噪音扰民，业主群里议论三天，有人拍了视频发到抖音，转发很多', field: '生态环境'}, -47.4 * hour);
    await tell('opinion.detected', 'QS-3', {title: '化工厂起火，现场浓烟，附近学校已疏散', incident_grade: 'major', field: '安全生产', place: '城西'}, -60);
    for (let i = 4; i < 16; ++i) await tell('opinion.detected', `QS-${i}`, {title: `路灯不亮（${i}）`, field: '医疗卫生'}, -i * hour);
}

async function the_wall() {
    for (const scheme of ['light', 'dark']) {
        const page = await open_board({size: [1920, 1080], query: '?wall', scheme});
        const shown = () => page.locator('#matters tbody tr:visible').count();
        await wait_for(async () => (await shown()) > 3 && (await shown()) < 15, 'a page of rows');
        check(await page.locator('button:visible, nav:visible').count() === 0, 'wall: no controls');
        check(await page.locator('#matters tbody tr').first().isVisible(), 'wall: the most urgent first');
        const small = await page.evaluate(() => [...document.querySelectorAll('body *')].filter((element) =>
            element.checkVisibility() && element.getBoundingClientRect().width > 2 && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
            && parseFloat(getComputedStyle(element).fontSize) < 28).map((element) => element.outerHTML.slice(0, 80)));
        check(small.length === 0, `wall: nothing below 28px: ${small.slice(0, 3)}`);
        const cut = await page.evaluate(() => {
            const end = document.querySelector('#duty').getBoundingClientRect().top;
            return [...document.querySelectorAll('#matters tbody tr:not([hidden])')].filter((one) => one.getBoundingClientRect().bottom > end + 1).length;
        });
        check(cut === 0, 'wall: no row is cut off');
        await picture(page, `wall-${scheme}`);
        await judge(page, `wall ${scheme}`);
        const first = await page.locator('#page').innerText();
        await wait_for(async () => (await page.locator('#page').innerText()) !== first, 'the wall turns its page');
        check(!(await page.locator('#matters tbody tr').first().isVisible()), 'wall: another page');
        await picture(page, `wall-${scheme}-next`);
        await page.context().close();
    }
}

async function for_everybody() {
    for (const language of ['zh', 'en']) {
        for (const scheme of ['light', 'dark']) {
            const where = `${language} ${scheme}`;
            const page = await open_board({language, scheme});
            await row(page, 'QS-1').waitFor();
            check(await page.evaluate(() => document.documentElement.lang) === (language === 'en' ? 'en' : 'zh-CN'), `${where}: lang`);
            await judge(page, `list ${where}`);
            await picture(page, `desk-${language}-${scheme}`);
            await row(page, 'QS-3').locator('a').click();
            await page.locator('#sheet .record li').first().waitFor();
            await judge(page, `sheet ${where}`);
            await picture(page, `sheet-${language}-${scheme}`);
            await page.click('#act-assign');
            await judge(page, `form ${where}`);
            await page.keyboard.press('Escape');
            for (const button of ['report', 'who']) {
                await page.click(`#${button}`);
                await judge(page, `${button} ${where}`);
                await picture(page, `${button}-${language}-${scheme}`);
                await page.keyboard.press('Escape');
            }
            await page.context().close();
        }
    }
}

async function languages() {
    const page = await open_board();
    await page.click('#language');
    check(await page.locator('h1').innerText() === 'Duty board', 'English after the switch');
    await page.reload();
    check(await page.locator('h1').innerText() === 'Duty board', 'English after a reload');
    check(await page.evaluate(() => document.documentElement.lang) === 'en', 'lang is en');
    await page.click('#language');
    check(await page.locator('h1').innerText() === '舆情值守看板', 'Chinese again');
    await page.context().close();
}

async function by_keyboard() {
    const page = await open_board();
    await row(page, 'QS-1').waitFor();
    await page.keyboard.press('Tab');
    check(await page.evaluate(() => document.activeElement.className) === 'skip', 'the first stop skips the controls');
    await row(page, 'QS-1').locator('a').focus();
    await page.keyboard.press('Enter');
    await page.locator('#act-note').waitFor();
    await page.locator('#act-note').focus();
    await page.keyboard.press('Enter');
    check(await page.evaluate(() => document.activeElement.tagName) === 'H4', 'the form is announced');
    await page.keyboard.press('Escape');
    await wait_for(() => page.evaluate(() => document.activeElement.getAttribute('href') === '#/QS-1'), 'focus is back at the matter');
    await page.context().close();
}

async function narrow_and_print() {
    const page = await open_board({size: [360, 740]});
    await row(page, 'QS-2').waitFor();
    check(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), '360 px: nothing sticks out');
    await picture(page, 'phone-360');
    await judge(page, 'phone');
    await page.setViewportSize({width: 794, height: 1123});
    await page.emulateMedia({media: 'print', colorScheme: 'dark'});
    await picture(page, 'print');
    check(await page.locator('#language').isHidden(), 'print: no controls');
    await page.pdf({path: `${settings.pictures}/print.pdf`, format: 'A4'});
    await page.context().close();
}

/** A device whose clock is two hours off shows the same time left, and acts at the right time. */
async function a_wrong_clock() {
    const page = await open_board({script: 'const right = Date.now; Date.now = () => right() + 7_200_000;'});
    const id = 'CLOCK-1';
    const told = await tell('opinion.detected', id, {title: '时钟'});
    await row(page, id).waitFor();
    const left = seconds_of(await text_of(row(page, id).locator('.left')));
    check(Math.abs(left - (Date.parse(told.obligations[0].due) - Date.now()) / 1000) < 2, `the server's time counts: ${left}`);
    await page.context().close();
}

async function refusals_and_tokens() {
    const page = await open_board();
    await tell('opinion.detected', 'REFUSED-1', {title: '被拒'});
    await row(page, 'REFUSED-1').locator('a').click();
    const form = await act(page, 'mute', {until: '2099-01-01T00:00', reason: '试'});
    await form.locator('button[type=submit]').click();
    await page.locator('form .problem').waitFor();
    check(/更正/.test(await text_of(page.locator('form .problem'))), 'a refusal tells the remedy');
    check(await form.locator('[name=until]').getAttribute('aria-invalid') === 'true', 'and where');
    await picture(page, 'refused');
    await page.keyboard.press('Escape');

    const seen = [];
    await page.route('**/api/v1/**', async (route) => {
        seen.push(route.request().headers().authorization);
        const error = {code: 'unauthorized', message: 'no such token', path: ''};
        await route.fulfill({status: 401, contentType: 'application/json', body: JSON.stringify({error})});
    });
    await page.click('#who');
    await page.fill('#token', 'secret-token');
    await page.locator('.identity button[type=submit]').click();
    await wait_for(() => seen.includes('Bearer secret-token'), 'the token is sent');
    await wait_for(async () => /令牌/.test(await text_of(page.locator('#away'))), 'a refused token is told with its remedy');
    await picture(page, 'token-refused');
    await page.unroute('**/api/v1/**');
    await wait_for(() => page.locator('#away').isHidden(), 'and it goes on by itself');
    check(!(await page.evaluate(() => JSON.stringify(localStorage))).includes('secret-token'), 'the token is not kept');
    await page.context().close();
}

async function the_sound() {
    const script = `const make = AudioContext.prototype.createOscillator; window.tones = 0;
        AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };`;
    const page = await open_board({script});
    check(await page.locator('#sound').innerText() === '声音未开启', 'the sound is off at first, and says so');
    const id = 'SOUND-1';
    await tell('opinion.detected', id, {title: '响铃', incident_grade: 'extreme'});
    await row(page, id).waitFor();
    check(await page.evaluate(() => window.tones) === 0, 'silent until somebody clicked');
    await page.click('#sound');
    await wait_for(async () => (await page.locator('#sound').innerText()) === '声音已开启', 'on after the click');
    const before = await page.evaluate(() => window.tones);
    await tell('opinion.detected', 'SOUND-2', {title: '又响', incident_grade: 'major'});
    await wait_for(() => page.evaluate((count) => window.tones > count, before), 'an emergency sounds');
    await page.click('#sound');
    await wait_for(async () => (await page.locator('#sound').innerText()) === '声音未开启', 'off again');
    await page.context().close();
}

async function the_daemon_is_away() {
    const page = await open_board();
    const id = 'AWAY-1';
    await tell('opinion.detected', id, {title: '断线时到期', platform: 'quick'}, 10 - settings.quick_seconds);
    await row(page, id).waitFor();
    await ask('kill_daemon');
    await wait_for(async () => /与服务器失去联系，以下为 \d\d:\d\d:\d\d 的数据/.test(await text_of(page.locator('#away'))), 'it says so');
    const before = seconds_of(await text_of(row(page, 'QS-15').locator('.left')));
    await wait_for(async () => Math.abs(seconds_of(await text_of(row(page, 'QS-15').locator('.left'))) - before) >= 2, 'it goes on counting');
    await state_is(page, id, 'overdue');
    await wait_for(async () => /断线时到期/.test(await page.locator('#alarm').textContent()), 'it raises the alarm by itself');
    await picture(page, 'away');
    await judge(page, 'away');
    await ask('start_daemon');
    await wait_for(() => page.locator('#away').isHidden(), 'it is back by itself');
    await tell('opinion.detected', 'AWAY-2', {title: '恢复之后'});
    await row(page, 'AWAY-2').waitFor();
    await ask('kill_redis');
    await wait_for(async () => /数据库/.test(await text_of(page.locator('#away'))), 'Redis being away is told too');
    await ask('start_redis');
    await wait_for(() => page.locator('#away').isHidden(), 'and its coming back');
    await page.context().close();
}

/** Every title through the list, and through the sheet of its own. */
async function hostile_titles() {
    const all = settings.titles.map((title, i) => ({specversion: '1.0', id: `hostile-${i}`, source: 'hostile', type: 'opinion.detected', subject: `H-${i}`,
        time: new Date(Date.now() - 1000).toISOString(), data: title.length < 2000 ? {title, summary: title, lead_unit: title, place: title} : {title}}));  // 64 KiB in all
    const taken = [];  // titles in which nothing is to be seen are none, and are refused
    for (let i = 0; i < all.length; i += 50) {
        const answers = await (await fetch(`${settings.url}api/v1/events`, {method: 'POST', body: JSON.stringify(all.slice(i, i + 50))})).json();
        for (const answer of answers) {
            if (answer.status === 'accepted') taken.push(answer.case);
            else check(answer.error?.message === 'data.title must not be empty', JSON.stringify(answer).slice(0, 300));
        }
    }
    const page = await open_board();
    while (await page.locator('#more').isVisible()) {
        const before = await page.locator('#matters tbody tr').count();
        await page.click('#more');
        await wait_for(async () => (await page.locator('#matters tbody tr').count()) > before || page.locator('#more').isHidden(), 'more rows');
    }
    await wait_for(async () => (await page.locator('#matters a[href^="#/H-"]').count()) === taken.length, 'all titles are listed');
    const listed = new Map();
    for (let cursor = ''; cursor !== null;) {
        const path = `api/v1/cases?limit=500&cursor=${encodeURIComponent(cursor)}`;
        const got = await (await fetch(settings.url + path, {headers: {Prefer: 'masked-numbers'}})).json();
        for (const one of got.cases) listed.set(one.id, one.title);
        cursor = got.next;
    }
    const shown = await page.$$eval('#matters a[href^="#/H-"]', (links) => links.map((link) => [link.getAttribute('href').slice(2), link.textContent]));
    for (const [id, text] of shown) check(text === (listed.get(id) ?? '（无标题）'), `${id} is shown as it is`);
    check(await page.evaluate(() => document.querySelectorAll('main script, main img, main iframe, main svg, main style, dialog script').length) === 0, 'no elements of others');
    check(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), 'no title stretches the page');
    await picture(page, 'hostile');
    for (const id of taken) {
        await page.evaluate((one) => { location.hash = `#/${one}`; }, id);
        await page.waitForFunction((one) => document.querySelector(`#sheet a[href="cases/${one}"]`), id);
    }
    await picture(page, 'hostile-sheet');
    check(faults.length === 0, `no script of ${taken.length} hostile titles runs: ${faults.slice(0, 3)}`);
    check(taken.length > 400, `${taken.length} titles are looked at`);
    console.log(`${taken.length} hostile titles`);
    await page.context().close();
}

const scenes = [nothing_yet, () => a_matter('phone', [390, 844]), () => a_matter('wide', [1920, 1080]), a_busy_office, the_wall, for_everybody,
                languages, by_keyboard, narrow_and_print, a_wrong_clock, refusals_and_tokens, the_sound, the_daemon_is_away, hostile_titles];
for (const scene of scenes) {
    const begin = Date.now();
    try {
        await scene();
    } catch (error) {
        check(false, `${scene.name || 'a_matter'}: ${error.stack}`);
        for (const context of browser.contexts()) {
            for (const page of context.pages()) await picture(page, `failed-${scene.name}`).catch(() => {});
            await context.close();
        }
    }
    console.log(`${scene.name || 'a_matter'}: ${((Date.now() - begin) / 1000).toFixed(1)} s`);
}
await end();
