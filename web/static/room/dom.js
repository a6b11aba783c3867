// Elements without HTML strings: h("li", { class: "x", onclick: f }, "text", child).
const SVG = new Set(["svg", "rect", "circle", "text", "title", "path"]);

export function h(name, props = {}, ...children) {
  const element = SVG.has(name) && name !== "title"
    ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (selector) => document.querySelector(selector);

// Replaces a region's content, keeping the focus where it was when the focused control is still there.
export function fill(region, ...children) {
  const key = region.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  region.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  if (key) region.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
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
