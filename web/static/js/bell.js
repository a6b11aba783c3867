// What waits for one: a count on the bell of every page, kept up to date while the page is looked at, and the list when it is pressed.
// Without script the bell leads to the first page, which shows the same.
const bells = [...document.querySelectorAll(".bell")];
const EVERY = 30_000; // milliseconds
const FRESH = 15_000; // going from page to page does not ask anew
const KEY = "bell";
let list = null;

function show({ count, late, html }) {
  for (const bell of bells) {
    bell.querySelector(".count")?.remove();
    bell.setAttribute("aria-label", count ? bell.dataset.bell.replace("{n}", count) : bell.dataset.none);
    if (count) bell.append(Object.assign(document.createElement("span"), { className: late ? "count late" : "count", textContent: count }));
  }
  if (list && list.innerHTML !== html) list.innerHTML = html;
}

function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY));
    return found && Date.now() - found.at < FRESH ? found.said : null;
  } catch {
    return null;
  }
}

async function ask() {
  const answer = await fetch("/bell", { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const said = await answer.json();
  try { sessionStorage.setItem(KEY, JSON.stringify({ at: Date.now(), said })); } catch { /* it is asked again on the next page */ }
  show(said);
  return said;
}

function close(back = false) {
  const bell = bells.find((one) => one.getAttribute("aria-expanded") === "true");
  list?.remove();
  list = null;
  bell?.setAttribute("aria-expanded", "false");
  if (back) bell?.focus();
}

async function open(bell) {
  const said = kept() ?? await ask();
  if (!said) return window.location.assign(bell.href);
  list = Object.assign(document.createElement("div"), { className: "bell-list" });
  list.innerHTML = said.html;
  bell.after(list);
  bell.setAttribute("aria-expanded", "true");
  list.querySelector("a")?.focus();
  return ask();
}

if (bells.length) {
  for (const bell of bells) {
    bell.setAttribute("role", "button");
    bell.setAttribute("aria-expanded", "false");
    bell.addEventListener("click", (event) => {
      event.preventDefault();
      if (list) close();
      else open(bell);
    });
    bell.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); bell.click(); } });
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && list) close(true); });
  document.addEventListener("click", (event) => { if (list && !event.target.closest(".bell, .bell-list")) close(); });
  // Whatever is sent may settle what waits.
  document.addEventListener("submit", () => { try { sessionStorage.removeItem(KEY); } catch { /* nothing was kept */ } });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  window.setInterval(() => { if (!document.hidden) ask(); }, EVERY);
  const known = kept();
  if (known) show(known);
  else ask();
}
