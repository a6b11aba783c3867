// How the site stands, in large words, with the one next step: test, report ready, stay connected.
import { fill, h, $ } from "./dom.js";
import { CHECKS, SIGNS, tested, troubled } from "./site_states.js";
import { t, timeOf } from "./words.js";

const CHIPS = { ready: "ok", tested: "info", untested: "", trouble: "warn" };

export class SiteReadiness {
  #page;
  #mine = null; // what was pressed here and is not yet told back
  #trouble = h("textarea", { id: "trouble", rows: 2, maxlength: 300, onchange: () => this.#report({ trouble: this.#trouble.value }) });
  #troubleField = h("div", { class: "field", "data-key": "trouble-field" }, h("label", { for: "trouble" }, t("room_sites.trouble")), this.#trouble);
  #top = h("div", { class: "stack" });
  #acts = h("div", { class: "stack" });

  constructor(page) {
    this.#page = page;
    $("#readiness").append(this.#top, this.#troubleField, this.#acts);
  }

  render(state) {
    const { site, open, connection } = this.#page;
    if (connection.pending === 0) this.#mine = null;
    const now = { ...site, ...this.#mine };
    const name = troubled(now) ? "trouble" : now.ready && tested(now) ? "ready" : tested(now) ? "tested" : "untested";
    $("#readiness").hidden = !open;
    fill(this.#top,
      h("div", { class: `site-state ${name}` }, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[name]), h("div", { role: "status" },
        h("h2", {}, t(`room_sites.own_${name}`)), h("p", {}, t(`room_sites.next_${name}`)))),
      name !== "ready" && this.#steps(name),
      name !== "ready" && site.test_at && h("p", {}, t("room_sites.test_at", { time: timeOf(site.test_at), day: this.#day(site.test_at) })),
      this.#video(state),
      name !== "ready" && h("div", { class: "checks", role: "group", "aria-label": t("room_sites.checklist") }, CHECKS.map((check) => this.#check(check, now[check]))));
    this.#troubleField.hidden = !troubled(now);
    if (document.activeElement !== this.#trouble && !this.#mine) this.#trouble.value = site.trouble;
    fill(this.#acts,
      name === "tested" && h("button", { class: "primary large", "data-key": "ready", onclick: () => this.#page.do("ReportReady", { ready: true }) }, t("room_sites.report_ready")),
      name === "ready" && h("button", { class: "quiet", "data-key": "unready", onclick: () => this.#page.do("ReportReady", { ready: false }) }, t("room_sites.take_back")));
  }

  #steps(name) {
    const at = { untested: 1, trouble: 1, tested: 2 }[name];
    return h("ol", { class: "steps" }, ["connect", "test", "ready"].map((step, index) => h("li", { class: index < at ? "done" : null, "aria-current": index === at ? "step" : null }, t(`room_sites.step_${step}`))));
  }

  #check(check, value) {
    const button = (code) => h("button", {
      type: "button", class: `compact ${code}`, "data-key": `${check}-${code}`, "aria-pressed": String(value === code),
      "aria-label": `${t(`room_sites.check_${check}`)}: ${t(`room_sites.is_${code}`)}`, onclick: () => this.#report({ [check]: value === code ? "" : code }),
    }, h("span", { "aria-hidden": "true" }, code === "ok" ? "✓" : "✕"), t(`room_sites.is_${code}`));
    return h("div", { class: "check-line", "data-key": `check-${check}` }, h("div", {}, h("strong", {}, t(`room_sites.check_${check}`)), h("span", { class: "small muted block" }, t(`room_sites.how_${check}`))),
      h("div", { class: "row" }, button("ok"), button("bad")));
  }

  #video({ meeting }) {
    const { url, id, passcode } = meeting.video;
    if (!url) return null;
    const facts = [id && `${t("room.video_id")}: ${id}`, passcode && `${t("room.video_passcode")}: ${passcode}`].filter(Boolean).join(" · ");
    return h("div", { class: "row" }, h("a", { class: "button", href: url, target: "_blank", rel: "noopener noreferrer", "data-key": "video" }, t("room.open_video")), facts && h("span", { class: "muted" }, facts));
  }

  #report(change) {
    const { site } = this.#page;
    this.#mine = { ...Object.fromEntries([...CHECKS, "trouble"].map((name) => [name, site[name]])), ...this.#mine, ...change };
    this.#page.do("ReportTest", this.#mine);
    this.render(this.#page.state);
    $("#announce").textContent = $("#readiness h2").textContent;
  }

  #day(iso) { return new Intl.DateTimeFormat(document.documentElement.lang, { day: "2-digit", month: "2-digit", year: "numeric" }).format(new Date(iso)); }
}
