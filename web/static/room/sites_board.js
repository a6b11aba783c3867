// All sites at once, each always in the same place, so that the eye finds what changed; one of them in detail beside.
import { fill, h, $ } from "./dom.js";
import { queue } from "./facts.js";
import { SiteDetail } from "./site_detail.js";
import { countStates, PROBLEMS, SIGNS, STATES } from "./site_states.js";
import { t } from "./words.js";

const MANY = 40;
// As such lists abbreviate: P. Vỹ Dạ, X. Phú Lộc. The whole name is in the tile's title and in its detail.
const shortName = (name) => name.replace(/^(Phường|Xã) /i, (kind) => `${kind[0].toUpperCase()}. `);

export class SitesBoard {
  #room;
  #states;
  #detail;
  #filter = "all";
  #chosen = null;
  #drawn = "";
  #many = false; // small tiles
  constructor(room, states) {
    this.#room = room;
    this.#states = states;
    this.#detail = new SiteDetail(room, () => this.#choose(null));
    $("#open-sites").addEventListener("click", () => { $("#sites-dialog").showModal(); this.render(room.state); });
    room.connection.on("presence", () => { if (room.state) this.render(room.state); });
  }

  render(state) {
    if (!$("#sites-dialog").open) return;
    if (!this.#room.runs) return void $("#sites-dialog").close();
    const all = this.#states.all(state, this.#room.connection.now());
    this.#drawn = all.map((each) => each.state).join();
    const asking = new Set(queue(state).map((speech) => speech.site_id).filter(Boolean));
    this.#filters(all, asking);
    const fits = all.filter((each) => this.#fits(each, asking));
    this.#many = all.length > MANY;
    $("#sites-board").className = `sites-board ${this.#many ? "many" : ""}`;
    fill($("#sites-board"), fits.length === 0 ? h("p", { class: "muted" }, t("room_sites.none_like_this"))
      : fits.map((each) => this.#tile(each, asking.has(each.site.id))));
    const chosen = all.find((each) => each.site.id === this.#chosen);
    $("#sites-board").parentElement.classList.toggle("detailed", Boolean(chosen));
    this.#detail.render(state, chosen);
  }

  tick(state) {
    if (!$("#sites-dialog").open) return;
    if (this.#states.all(state, this.#room.connection.now()).map((each) => each.state).join() !== this.#drawn) this.render(state);
  }

  #filters(all, asking) {
    const counts = countStates(all);
    const problems = PROBLEMS.reduce((sum, state) => sum + counts[state], 0);
    const button = (name, label, n, sign) => h("button", { class: "compact", "data-key": `filter-${name}`, "aria-pressed": String(this.#filter === name), onclick: () => { this.#filter = name; this.render(this.#room.state); } },
      sign && h("span", { "aria-hidden": "true" }, sign), label, " ", h("strong", {}, String(n)));
    fill($("#sites-filters"), button("all", t("room_sites.all"), all.length), button("problems", t("room_sites.problems"), problems, SIGNS.trouble),
      button("asking", t("room_sites.asking"), asking.size, "✋"),
      h("span", { class: "filter-gap", "aria-hidden": "true" }), STATES.filter((state) => counts[state] > 0).map((state) => button(state, t(`room_sites.is_${state}`), counts[state], SIGNS[state])));
  }

  #fits({ site, state }, asking) {
    if (this.#filter === "all") return true;
    if (this.#filter === "problems") return PROBLEMS.includes(state);
    return this.#filter === "asking" ? asking.has(site.id) : state === this.#filter;
  }

  #tile({ site, state }, asks) {
    return h("button", { class: `site-tile ${state}${asks ? " asks" : ""}`, "data-key": `tile-${site.id}`, title: site.name, "aria-pressed": String(this.#chosen === site.id), onclick: () => this.#choose(site.id) },
      h("strong", {}, this.#many ? shortName(site.name) : site.name), h("span", { class: "tile-state" }, h("span", { class: "tile-sign", "aria-hidden": "true" }, SIGNS[state]), t(`room_sites.is_${state}`)),
      h("span", { class: "tile-more" }, h("span", { "aria-hidden": "true" }, asks ? "✋" : "", site.heads > 0 && !(this.#many && ["lost", "away"].includes(state)) ? String(site.heads) : ""),
        h("span", { class: "visually-hidden" }, [asks && t("room_sites.asks"), site.heads > 0 && t("room_sites.heads_n", { n: site.heads })].filter(Boolean).join(", "))));
  }

  #choose(id) {
    this.#chosen = this.#chosen === id ? null : id;
    this.render(this.#room.state);
  }
}
