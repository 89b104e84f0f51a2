// What the scenes of board.js share: the browser, the office behind it, and how something is found to hold.
import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import readline from 'node:readline';

export const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const require = createRequire(`${settings.modules}/`);
const {chromium} = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const within_ms = 20_000;

const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
               '--disable-component-update', '--disable-sync', '--autoplay-policy=user-gesture-required'];
export const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: flags});
mkdirSync(settings.pictures, {recursive: true});

const answers = readline.createInterface({input: process.stdin})[Symbol.asyncIterator]();
/** Lets the one who holds the office do something: kill_daemon and the like. */
export async function ask(deed) {
    process.stdout.write(`${JSON.stringify({do: deed})}\n`);
    await answers.next();
}

let failed = 0, checked = 0;
export function check(holds, what) {
    checked += 1;
    if (holds) return;
    failed += 1;
    console.log(`FAILED: ${what}`);
}

export async function wait_for(condition, what) {
    const end = Date.now() + within_ms;
    for (;;) {
        const found = await condition();
        if (found) return found;
        if (Date.now() > end) throw new Error(`not within ${within_ms} ms: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

let events = 0;
/** One event over HTTP; `at` in seconds from now. */
export async function tell(type, subject, data, at = -0.1) {
    const event = {specversion: '1.0', id: `browser-${++events}`, source: 'browser', type, time: new Date(Date.now() + at * 1000).toISOString(), data};
    if (subject) event.subject = subject;
    const answer = await (await fetch(`${settings.url}api/v1/events`, {method: 'POST', body: JSON.stringify(event)})).json();
    check(answer.status === 'accepted', `${type} is accepted: ${JSON.stringify(answer)}`);
    return answer;
}

export const read_case = async (id) => (await fetch(`${settings.url}api/v1/cases/${id}`)).json();

/** What a page must never do: fail, show a dialog, or ask anybody else. */
export const faults = [];

export async function open_board({size = [1280, 900], scheme = 'light', query = '', language = 'zh', script = null} = {}) {
    const context = await browser.newContext({viewport: {width: size[0], height: size[1]}, colorScheme: scheme, locale: 'zh-CN'});
    await context.addInitScript((chosen) => { if (!localStorage.getItem('language')) localStorage.setItem('language', chosen); }, language);
    if (script) await context.addInitScript(script);
    const page = await context.newPage();
    page.setDefaultTimeout(within_ms);
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('console', (message) => { if (/Content Security Policy|TrustedHTML|Refused/.test(message.text())) faults.push(message.text()); });
    page.on('dialog', (dialog) => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on('request', (request) => { if (!request.url().startsWith(settings.url)) faults.push(`asked for ${request.url()}`); });
    await page.goto(settings.url + query);
    await page.waitForFunction(() => document.querySelector('#office').textContent !== '');
    return page;
}

export const picture = (page, name) => page.screenshot({path: `${settings.pictures}/${name}.png`});

/** axe-core finds nothing serious in the page as it is now. */
export async function judge(page, where) {
    // By its own world: the page's policy lets no other script in, which is the point of it.
    await page.context().newCDPSession(page).then(async (session) => {
        await session.send('Runtime.evaluate', {expression: axe});
        const {result} = await session.send('Runtime.evaluate', {
            expression: `axe.run(document, {resultTypes: ['violations']}).then((found) => JSON.stringify(found.violations
                .map((one) => [one.impact, one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + ' ' + node.failureSummary)])))`,
            awaitPromise: true, returnByValue: true,
        });
        const found = JSON.parse(result.value);
        for (const [impact, rule, nodes] of found) check(impact === 'minor' || impact === 'moderate', `${where}: ${impact} ${rule} ${nodes.join(' | ')}`);
        for (const [impact, rule] of found) console.log(`axe, ${where}: ${impact} ${rule}`);
        await session.detach();
    });
}

export async function end() {
    await browser.close();
    for (const fault of new Set(faults)) check(false, fault);
    const version = execFileSync('/usr/bin/chromium', ['--version'], {stdio: ['ignore', 'pipe', 'ignore']}).toString().trim();
    console.log(`${checked} checks, ${failed} failed, ${version}`);
    process.exit(failed === 0 ? 0 : 1);
}
