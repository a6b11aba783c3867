// How each bridge site stands: what it reported, and whether it is connected now. A ready site whose page has been gone for some
// seconds is lost; it comes back by itself. Nobody is called lost while this browser, or the server, does not see everybody.
import { values } from "./facts.js";

export const STATES = ["ready", "tested", "untested", "away", "trouble", "lost"];
export const SIGNS = { ready: "✓", tested: "◐", untested: "…", away: "○", trouble: "!", lost: "✕" };
export const PROBLEMS = ["lost", "trouble", "away"];
const LOST_AFTER = 6000;
const NEAR = 2 * 60 * 60 * 1000; // before the start: earlier, a tested site may close its page

export const CHECKS = ["sound", "picture", "network"];
export const tested = (site) => CHECKS.every((name) => site[name] === "ok");
export const troubled = (site) => CHECKS.some((name) => site[name] === "bad");
export const sites = (state) => values(state.sites).sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
export const seatedAt = (state, site) => values(state.participants).filter((person) => person.site_id === site.id)
  .sort((a, b) => a.position - b.position || (a.name_key < b.name_key ? -1 : 1));

export class SiteStates {
  #here = null; // null: not known
  #gone = new Map(); // site: since when this browser has missed it
  #clock;
  constructor(connection, clock = () => performance.now()) {
    this.#clock = clock;
    connection.on("presence", (told) => this.#told(told));
    connection.on("status", () => { if (connection.status !== "connected") this.#told({}); });
  }

  #told({ sites: here, whole }) {
    this.#here = here && whole ? new Set(here) : null;
    if (this.#here === null) this.#gone.clear();
    else for (const id of here) this.#gone.delete(id);
  }

  // `now`: the server's time.
  of(site, meeting, now) {
    if (troubled(site)) return "trouble";
    const near = meeting.state === "live" || Date.parse(meeting.starts_at) - now < NEAR;
    if (site.ready && (site.vouched || !this.#missed(site.id))) return "ready";
    if (site.ready && near && this.#clock() - this.#gone.get(site.id) >= LOST_AFTER) return "lost";
    if (site.ready && near) return "ready";
    return tested(site) ? "tested" : this.#here?.has(site.id) ? "untested" : "away";
  }

  // Every site with how it stands, in order.
  all(state, now) {
    return sites(state).map((site) => ({ site, state: this.of(site, state.meeting, now) }));
  }

  #missed(id) {
    if (this.#here === null || this.#here.has(id)) return false;
    if (!this.#gone.has(id)) this.#gone.set(id, this.#clock());
    return true;
  }
}

export function countStates(all) {
  const counts = Object.fromEntries(STATES.map((state) => [state, 0]));
  for (const { state } of all) counts[state] += 1;
  return counts;
}

// [class, number] for `bar`: best first.
export const barParts = (counts) => [["ok", counts.ready], ["online", counts.tested], ["rest", counts.untested + counts.away], ["now", counts.trouble], ["bad", counts.lost]];
