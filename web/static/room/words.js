// Text and numbers in the page's language. The entries are those of the server's catalogues.
const boot = JSON.parse(document.getElementById("boot").textContent);
const plural = new Intl.PluralRules(boot.language);
const clock = new Intl.DateTimeFormat("vi", { hour: "2-digit", minute: "2-digit", timeZone: boot.zone, hour12: false });

export { boot };

export function t(key, params = {}) {
  let entry = boot.words[key];
  if (entry === undefined) return key;
  if (typeof entry !== "string") entry = entry[plural.select(Number(params.n))] ?? entry.other;
  return entry.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? "");
}

export const timeOf = (iso) => clock.format(new Date(iso));
export const clockOf = (ms) => clock.format(ms);

export function percent(part, whole) {
  const share = whole ? part / whole : 0;
  return new Intl.NumberFormat(boot.language, { style: "percent", maximumFractionDigits: 1 }).format(share);
}

// `2:41`, or `-0:12` once the time is up.
export function countdown(seconds) {
  const left = Math.abs(Math.trunc(seconds));
  return `${seconds < 0 ? "−" : ""}${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

export function dateOf(day) {
  const [year, month, date] = day.split("-");
  return `${date}/${month}/${year}`;
}

export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
