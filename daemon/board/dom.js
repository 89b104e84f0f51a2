// Elements from values. Text from outside becomes a text node and nothing else: nothing in the board writes HTML.

/** `make('p', {class: 'x', onclick: f}, 'text', element, null)`; attributes that are null or false are left out. */
export function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) continue;
        if (typeof value === 'function') element.addEventListener(key.slice(2), value);
        else element.setAttribute(key, value === true ? '' : String(value));
    }
    for (const child of children.flat()) {
        if (child !== null && child !== undefined && child !== false) element.append(child);
    }
    return element;
}

/** What people outside wrote: set apart, so that its direction and its marks stay its own. */
export function told(text, attributes = {}) {
    return make('bdi', {class: 'told', lang: 'zh-CN', ...attributes}, text);
}

export const find = (selector) => document.querySelector(selector);

/** Sets the text only when it differs: screen readers and the layout are left alone. */
export function say(element, text) {
    if (element.textContent !== text) element.textContent = text;
}
