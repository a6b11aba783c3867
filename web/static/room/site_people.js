// Who sits here: how many, who of the list has come, and names of others.
import { fill, h, $ } from "./dom.js";
import { seatedAt } from "./site_states.js";
import { t } from "./words.js";

const PAUSE = 700; // milliseconds after the last key, before a count is sent

export class SitePeople {
  #page;
  #here = new Set();
  #typed = null;
  #timer = 0;

  constructor(page) {
    this.#page = page;
    page.connection.on("presence", ({ here }) => { this.#here = new Set(here); });
    $("#heads").addEventListener("input", () => this.#count(Number($("#heads").value)));
    $("#heads-less").addEventListener("click", () => this.#count(Number($("#heads").value) - 1));
    $("#heads-more").addEventListener("click", () => this.#count(Number($("#heads").value) + 1));
    $("#visitor-form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const answer = await page.do("NameVisitor", { visitor: $("#visitor").value });
      if (answer.ok) event.target.reset();
    });
  }

  render(state) {
    const { site, open } = this.#page;
    if (this.#typed === null && document.activeElement !== $("#heads")) $("#heads").value = site.heads;
    for (const id of ["#heads", "#heads-less", "#heads-more"]) $(id).disabled = !open;
    $("#visitor-form").hidden = !open;
    const seated = seatedAt(state, site);
    const present = seated.filter((person) => person.attendance !== "absent").length;
    fill($("#people"), seated.length === 0 ? h("p", { class: "muted" }, t("room_sites.no_people"))
      : [h("p", { class: "small muted" }, t("room_sites.present_of", { present, n: seated.length })), h("ul", { class: "seated" }, seated.map((person) => this.#person(person, open)))]);
    fill($("#visitors"), site.visitors.length === 0 ? h("p", { class: "muted small" }, t("room_sites.no_visitors"))
      : h("ul", { class: "seated" }, site.visitors.map((name) => h("li", { "data-key": `visitor-${name}` }, h("span", {}, name),
        open && h("button", { class: "quiet compact", "data-key": `drop-${name}`, "aria-label": `${t("room.remove")}: ${name}`, onclick: () => this.#page.do("RemoveVisitor", { visitor: name }) }, t("room.remove"))))));
  }

  // The button says what is so: pressed, he is there.
  #person(person, open) {
    const here = person.attendance !== "absent";
    const machine = person.votes ? t(this.#here.has(person.id) ? "room_sites.own_device" : "room_sites.no_device") : "";
    return h("li", { "data-key": `person-${person.id}` },
      h("div", {}, h("span", { class: "strong" }, person.name), h("span", { class: "small muted block" }, [person.title, person.votes && t("room.has_vote"), machine].filter(Boolean).join(" · "))),
      h("button", { class: `compact ${here ? "ok" : ""}`, "data-key": `here-${person.id}`, "aria-pressed": String(here), disabled: !open, "aria-label": `${t("room_sites.is_here")}: ${person.name}`,
        onclick: () => this.#page.do("MarkAtSite", { participant_id: person.id, present: !here }) }, h("span", { "aria-hidden": "true" }, here ? "✓" : "○"), t(here ? "room_sites.is_here" : person.left_at ? "room_sites.has_left" : "room_sites.not_yet")));
  }

  #count(heads) {
    if (!Number.isInteger(heads) || heads < 0) return;
    this.#typed = heads;
    $("#heads").value = heads;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      await this.#page.do("CountHeads", { heads });
      if (this.#typed === heads) this.#typed = null;
    }, PAUSE);
  }
}
