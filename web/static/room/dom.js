// Elements without HTML strings: h("li", { class: "x", onclick: f }, "text", child); and regions that are drawn again and again
// without taking anything from under a finger, a caret or a reader: what is there already is changed, not replaced.
const SVG = new Set(["svg", "rect", "circle", "text", "title", "path"]);

export function h(name, props = {}, ...children) {
  const element = SVG.has(name) && name !== "title"
    ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) listen(element, key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...drawn(children));
  return element;
}

const drawn = (children) => children.flat().filter((child) => child !== null && child !== undefined && child !== false);

const handlers = new WeakMap(); // element: { type: what it does now }
function listen(element, type, handler) {
  if (!handlers.has(element)) handlers.set(element, {});
  const own = handlers.get(element);
  if (!(type in own)) element.addEventListener(type, (event) => own[type]?.(event));
  own[type] = handler;
}

export const $ = (selector) => document.querySelector(selector);

// Draws a region's content. Elements with the same data-key, or of the same kind in the same place, are the same element.
export function fill(region, ...children) {
  const key = region.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  become(region, drawn(children).map((child) => (child instanceof Node ? child : document.createTextNode(child))));
  // An element that had to move has lost it.
  if (key && !region.contains(document.activeElement)) region.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

const keyOf = (node) => node.dataset?.key;
const alike = (a, b) => a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

function become(region, wanted) {
  const known = new Map([...region.childNodes].map((node) => [keyOf(node), node]).filter(([key]) => key));
  let at = region.firstChild;
  for (const fresh of wanted) {
    const key = keyOf(fresh);
    const old = key ? known.get(key) : at;
    if (!old || old === fresh || !alike(old, fresh)) {
      region.insertBefore(fresh, at);
      continue;
    }
    known.delete(key);
    if (old === at) at = at.nextSibling;
    else region.insertBefore(old, at);
    change(old, fresh);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function change(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  // Whether details are open is the reader's own doing.
  const kept = (name) => name === "open" && old.nodeName === "DETAILS";
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !kept(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value && !kept(name)) old.setAttribute(name, value);
  const now = handlers.get(fresh) ?? {};
  for (const type of Object.keys(handlers.get(old) ?? {})) listen(old, type, now[type]);
  for (const [type, handler] of Object.entries(now)) listen(old, type, handler);
  become(old, [...fresh.childNodes]);
}

// One bar of parts [class, number] of a whole; the numbers stand beside it in words.
export function bar(parts, whole, tall = false) {
  let x = 0;
  const rects = parts.map(([kind, value]) => {
    const rect = h("rect", { class: `fill-${kind}`, x, y: 0, width: value, height: 1 });
    x += value;
    return rect;
  });
  return h("svg", { class: `share-bar${tall ? " tall" : ""}`, viewBox: `0 0 ${whole || 1} 1`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...rects);
}
