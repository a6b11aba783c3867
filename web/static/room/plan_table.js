// A room's plan as a table; what stands on a seat is drawn by whoever shows it.
import { h } from "./dom.js";
import { t } from "./words.js";

export const seatsOf = (plan) => plan.cells.filter((cell) => ["seat", "head"].includes(cell.kind));

export function planTable(plan, seat) {
  const cells = new Map(plan.cells.map((cell) => [`${cell.x},${cell.y}`, cell]));
  const across = [...Array(plan.width).keys()];
  const drawn = (cell) => (["seat", "head"].includes(cell.kind) ? seat(cell) : cell.kind !== "table" && h("span", { class: "small" }, t(`room_seating.kind_${cell.kind}`)));
  return h("table", { class: "plan", "data-key": "plan" }, h("tbody", {}, [...Array(plan.height).keys()].map((y) => h("tr", { "data-key": `row-${y}` }, across.map((x) => {
    const cell = cells.get(`${x},${y}`);
    return h("td", { class: cell ? `plan-${cell.kind}` : null }, cell && drawn(cell));
  })))));
}
