// Drawing a room's plan: choose what, then press where; by mouse, finger or keyboard. Labels that are missing are given on saving.
const form = document.getElementById("plan-form");
const grid = document.getElementById("plan-grid");
const label = document.getElementById("plan-label");
const words = JSON.parse(grid.dataset.words);
const plan = JSON.parse(form.elements.plan.value);
const cells = new Map(plan.cells.map((cell) => [`${cell.x},${cell.y}`, cell]));
const isSeat = (cell) => cell?.kind === "seat" || cell?.kind === "head";
let here = { x: 0, y: 0 };
let painting = false;

const keyOf = ({ x, y }) => `${x},${y}`;
const buttonAt = ({ x, y }) => grid.rows[y]?.cells[x]?.firstChild;

function face(button, x, y) {
  const cell = cells.get(`${x},${y}`);
  button.className = `plan-cell put-${cell?.kind ?? "none"}`;
  button.textContent = isSeat(cell) ? cell.label || "+" : "";
  button.setAttribute("aria-label", [words.place.replace("{row}", y + 1).replace("{column}", x + 1), words[cell?.kind ?? "none"], cell?.label].filter(Boolean).join(", "));
  button.tabIndex = x === here.x && y === here.y ? 0 : -1;
}

function draw() {
  grid.replaceChildren();
  for (let y = 0; y < plan.height; y += 1) {
    const row = grid.insertRow();
    for (let x = 0; x < plan.width; x += 1) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.x = x;
      button.dataset.y = y;
      face(button, x, y);
      row.insertCell().append(button);
    }
  }
  tell();
}

function tell() {
  const shown = [...cells.values()].filter((cell) => cell.x < plan.width && cell.y < plan.height);
  form.elements.plan.value = JSON.stringify({ ...plan, cells: shown });
  document.getElementById("plan-count").textContent = document.getElementById("plan-count").dataset.one.replace("{n}", shown.filter(isSeat).length);
  const cell = cells.get(keyOf(here));
  label.disabled = !isSeat(cell);
  label.value = cell?.label ?? "";
}

function go(place, focus = true) {
  if (!buttonAt(place)) return;
  buttonAt(here)?.setAttribute("tabindex", "-1");
  here = place;
  buttonAt(here).tabIndex = 0;
  if (focus) buttonAt(here).focus();
  tell();
}

// The same thing again takes it away.
function put(place, again = true) {
  const kind = form.elements.tool.value;
  const before = cells.get(keyOf(place));
  if (kind === "none" || (again && before?.kind === kind)) cells.delete(keyOf(place));
  else cells.set(keyOf(place), { ...place, kind, label: isSeat({ kind }) && isSeat(before) ? before.label : "" });
  face(buttonAt(place), place.x, place.y);
  form.dispatchEvent(new Event("input", { bubbles: true }));
  go(place, false);
}

const placeOf = (event) => {
  const button = event.target instanceof Element && event.target.closest(".plan-cell");
  return button && grid.contains(button) ? { x: Number(button.dataset.x), y: Number(button.dataset.y) } : null;
};

grid.addEventListener("click", (event) => { const place = placeOf(event); if (place && !painting) put(place); painting = false; });
grid.addEventListener("pointerover", (event) => {
  const place = placeOf(event);
  if (!place || event.pointerType !== "mouse" || event.buttons !== 1 || keyOf(place) === keyOf(here)) return;
  if (!painting) put(here, false);
  painting = true;
  put(place, false);
});
grid.addEventListener("focusin", (event) => { const place = placeOf(event); if (place) go(place, false); });
grid.addEventListener("pointerdown", (event) => { const place = placeOf(event); painting = false; if (place) go(place, false); });
grid.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!by) return;
  event.preventDefault();
  go({ x: here.x + by[0], y: here.y + by[1] });
});
label.addEventListener("input", () => {
  const cell = cells.get(keyOf(here));
  if (!isSeat(cell)) return;
  cell.label = label.value.trim();
  face(buttonAt(here), here.x, here.y);
  tell();
});
for (const [id, name] of [["plan-width", "width"], ["plan-height", "height"]]) {
  document.getElementById(id).addEventListener("change", (event) => {
    plan[name] = Math.min(Math.max(Number(event.target.value) || 3, 3), Number(event.target.max));
    event.target.value = plan[name];
    here = { x: 0, y: 0 };
    draw();
  });
}
draw();
