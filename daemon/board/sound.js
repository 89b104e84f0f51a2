// The alarm: made by the browser itself, which allows it only after somebody has clicked.
import {find, say} from './dom.js';
import {word} from './words.js';

const tunes = {  // [hertz, seconds] one after the other; 0 Hz is a pause
    opened: [[660, 0.25], [880, 0.25], [660, 0.25], [880, 0.5]],
    due: [[880, 0.4], [0, 0.1], [880, 0.4], [0, 0.1], [880, 0.8]],
    overdue: [[740, 0.3], [560, 0.3], [740, 0.3], [560, 0.3], [740, 0.3], [560, 0.6]],
};
const pause_s = 0.3;  // between two alarms
const queue_max_s = 12;  // of a flood of alarms the first ones are heard, the others are seen

let context = null, free_at = 0;

const on = () => context?.state === 'running';

export function show_sound() {
    const button = find('#sound');
    say(button, word(on() ? 'sound_on' : 'sound_off'));
    button.setAttribute('aria-pressed', String(on()));
}

async function toggle() {
    if (on()) await context.suspend();
    else {
        context ??= new AudioContext();
        context.onstatechange = show_sound;
        await context.resume();
        if (on()) play('due');
    }
    show_sound();
}

export function play(reason) {
    if (!on() || !tunes[reason]) return;
    let at = Math.max(context.currentTime, free_at);
    if (at > context.currentTime + queue_max_s) return;
    for (const [hertz, seconds] of tunes[reason]) {
        if (hertz > 0) tone(hertz, at, seconds);
        at += seconds;
    }
    free_at = at + pause_s;
}

function tone(hertz, at, seconds) {
    const source = context.createOscillator(), loudness = context.createGain();
    source.type = 'triangle';
    source.frequency.value = hertz;
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.6, at + 0.02);
    loudness.gain.setValueAtTime(0.6, at + seconds - 0.04);
    loudness.gain.linearRampToValueAtTime(0, at + seconds);
    source.connect(loudness).connect(context.destination);
    source.start(at);
    source.stop(at + seconds);
}

export function ready_sound() {
    find('#sound').addEventListener('click', toggle);
    show_sound();
}
