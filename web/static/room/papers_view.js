// The papers of the item in the centre: listed, opened in the room, followed page by page with whoever presents.
import { $, fill, h } from "./dom.js";
import { inCentre, inReadingOrder, papers, speaker } from "./facts.js";
import { Following } from "./following.js";
import { Openings } from "./openings.js";
import { PaperViewer } from "./paper_viewer.js";
import { drawable } from "./pdf_pages.js";
import { t } from "./words.js";

const ENDINGS = { "application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPG" };

export class PapersView {
  #room;
  #follow;
  #openings;
  #presented = false;
  #viewer = new PaperViewer((page) => this.#turned(page));

  constructor(room) {
    this.#room = room;
    this.#follow = new Following(room);
    this.#openings = new Openings(room);
    $("#viewer-close").addEventListener("click", () => this.#leave());
    $("#presenter-dialog form").addEventListener("submit", (event) => this.#name(event));
  }

  get openId() { return this.#viewer.paper?.id ?? null; }

  render(state) {
    this.#followOn();
    this.#list(state);
    this.#line(state);
    this.#acts(state);
    if (this.#viewer.paper && !state.papers[this.#viewer.paper.id]) this.#leave();
  }

  tick() { this.#openings.tick(); }

  #shown() { return document.body.dataset.shown === "papers"; }

  #list(state) {
    const item = inCentre(state, this.#room.looking);
    const own = item ? papers(state, item.id) : [];
    const common = Object.values(state.papers).filter((paper) => !state.items[paper.item_id]).sort(inReadingOrder);
    const none = own.length + common.length === 0;
    $("#papers").hidden = Boolean(this.#viewer.paper);
    fill($("#papers"), none && h("p", { class: "muted" }, t("room.no_papers")),
      own.map((paper) => this.#paper(paper)), common.length > 0 && h("h3", {}, t("room.common_papers")), common.map((paper) => this.#paper(paper)),
      !none && h("p", { class: "small muted" }, t(this.#room.runs ? "room_papers.openings_are_yours" : "room_papers.openings_are_known")),
      this.#room.runs && !none && h("div", { class: "row" }, h("button", { class: "quiet compact", "data-key": "name-presenter", onclick: () => this.#askPresenter() }, t("room_papers.name_presenter"))));
  }

  #paper(paper) {
    const ending = ENDINGS[paper.media_type] ?? paper.file_name.split(".").pop().toUpperCase();
    const draws = drawable(paper);
    return h("div", { class: "paper-line", "data-key": `paper-line-${paper.id}` }, h("span", { class: "paper-kind", "aria-hidden": "true" }, ending),
      h("div", {}, h("span", { class: "strong" }, paper.title),
        (paper.kind === "reference" || paper.internal) && h("div", { class: "row" }, paper.kind === "reference" && h("span", { class: "chip" }, t("room_papers.reference")), paper.internal && h("span", { class: "chip warn" }, t("room_papers.internal"))), this.#room.runs && this.#openings.button(paper)),
      draws ? h("button", { class: "compact", "data-key": `paper-${paper.id}`, onclick: () => this.#read(paper), "aria-label": `${t("room.open_paper")}: ${paper.title}` }, t("room.open_paper"))
        : h("a", { class: "button compact", href: `/papers/${paper.id}?download`, "data-key": `paper-${paper.id}`, "aria-label": `${t("room_papers.download")}: ${paper.title}` }, t("room_papers.download")));
  }

  // Where the presenter is, when one is not there.
  #line(state) {
    const shown = this.#follow.shown;
    const person = shown && state.participants[shown.participant_id];
    const { presents, on } = this.#follow;
    const there = shown?.paper_id && (on || presents) && this.#shown() && this.#viewer.paper?.id === shown.paper_id;
    $("#presenting").hidden = !person || there;
    if ($("#presenting").hidden) return;
    const title = state.papers[shown.paper_id]?.title;
    const text = !title ? t(presents ? "room_papers.you_may_present" : "room_papers.will_present", { name: person.name })
      : t(presents ? "room_papers.you_present" : "room_papers.presents", { name: person.name, title, page: shown.page });
    fill($("#presenting"), h("p", {}, text), h("div", { class: "row" },
      title && h("button", { class: "compact primary", "data-key": "follow", onclick: () => this.#come() }, t(presents ? "room_papers.back_to_paper" : "room_papers.follow")),
      presents && title && h("button", { class: "compact", "data-key": "present-end", onclick: () => this.#follow.stop() }, t("room_papers.stop_presenting"))));
  }

  #acts(state) {
    const { shown, presents, may, on } = this.#follow;
    const follows = shown?.paper_id && !presents;
    const live = ["invited", "live"].includes(state.meeting.state);
    fill($("#viewer-follow"),
      follows && on && h("span", { class: "chip now" }, t("room_papers.following", { name: state.participants[shown.participant_id]?.name ?? "" })),
      follows && !on && h("button", { class: "compact", "data-key": "viewer-back", onclick: () => this.#come() }, t("room_papers.follow")),
      live && may && (presents && shown.paper_id
        ? h("button", { class: "compact", "data-key": "present", onclick: () => this.#follow.stop() }, t("room_papers.stop_presenting"))
        : h("button", { class: "compact", "data-key": "present", onclick: () => this.#follow.show(this.#viewer.paper.id, this.#viewer.page) }, t("room_papers.present"))));
  }

  // Goes where the presenter is, if one follows and is not busy with something else.
  #followOn() {
    const { shown, presents, on } = this.#follow;
    const begins = presents && !this.#presented;
    this.#presented = presents;
    if (!shown?.paper_id || !this.#shown()) return;
    const elsewhere = this.#viewer.paper?.id !== shown.paper_id;
    const goes = presents ? begins && elsewhere : on && (elsewhere || this.#viewer.page !== shown.page);
    if (goes) this.#viewer.open(this.#room.state.papers[shown.paper_id], shown.page);
  }

  #come() {
    this.#follow.on = true;
    this.#presented = false;
    this.#room.showTab("papers");
  }

  #read(paper) {
    this.#follow.on = false;
    this.#viewer.open(paper);
    if (this.#follow.presents && this.#follow.shown.paper_id) this.#follow.show(paper.id, 1);
    this.#room.redraw();
    $("#viewer-page").focus({ preventScroll: true });
  }

  #turned(page) {
    if (this.#follow.presents && this.#follow.shown.paper_id) return void this.#follow.show(this.#viewer.paper.id, page);
    this.#follow.on = false;
    this.render(this.#room.state);
  }

  #leave() {
    this.#viewer.close();
    this.#follow.on = !this.#follow.shown?.paper_id; // who closes the presenter's paper has left him; else the next one is followed
    this.#room.redraw();
  }

  #askPresenter() {
    const people = Object.values(this.#room.state.participants).sort((a, b) => (a.name_key < b.name_key ? -1 : 1));
    const now = speaker(this.#room.state)?.participant_id;
    fill($("#presenter-who"), people.map((person) => h("option", { value: person.id, selected: person.id === now }, [person.name, person.title, person.agency].filter(Boolean).join(" – "))));
    $("#presenter-dialog").showModal();
  }

  #name(event) {
    event.preventDefault();
    this.#room.do("NamePresenter", { participant_id: $("#presenter-who").value });
    $("#presenter-dialog").close();
  }
}
