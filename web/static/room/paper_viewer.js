// A paper in the centre of the room, one page at a time, as wide as there is room: by button, number, key or finger.
import { $, fill } from "./dom.js";
import { PaperPages } from "./pdf_pages.js";
import { t } from "./words.js";

const ZOOMS = [100, 125, 150, 200];
const KEYS = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 };

export class PaperViewer {
  #pages = new PaperPages();
  #turned;
  #zoom = 0;
  #drawn = "";
  paper = null;
  page = 1;
  count = 0;

  // `turned`: told when the reader goes to another page by himself.
  constructor(turned) {
    this.#turned = turned;
    $("#page-back").addEventListener("click", () => this.#go(this.page - 1));
    $("#page-on").addEventListener("click", () => this.#go(this.page + 1));
    $("#page-number").addEventListener("change", ({ target }) => this.#go(Number.parseInt(target.value, 10) || this.page));
    $("#zoom-out").addEventListener("click", () => this.#zoomTo(this.#zoom - 1));
    $("#zoom-in").addEventListener("click", () => this.#zoomTo(this.#zoom + 1));
    $("#viewer-page").addEventListener("keydown", (event) => this.#key(event));
    this.#swipes($("#viewer-page"));
    new ResizeObserver(() => this.#draw()).observe($("#viewer-page"));
  }

  async open(paper, page = 1) {
    const other = this.paper?.id !== paper.id;
    [this.paper, this.page] = [paper, page];
    $("#viewer").hidden = false;
    $("#viewer-title").textContent = paper.title;
    $("#viewer-own").href = `/papers/${paper.id}`;
    if (other) {
      this.count = 0;
      this.#drawn = "";
      fill($("#viewer-page"));
      this.#say(t("room_papers.opening"));
    }
    try {
      const count = await this.#pages.open(paper);
      if (this.paper?.id !== paper.id) return;
      this.count = count;
      this.page = Math.min(Math.max(1, this.page), count);
      await this.#draw();
    } catch {
      if (this.paper?.id === paper.id) this.#say(t("room_papers.cannot_draw"));
    }
  }

  close() {
    this.paper = null;
    this.#drawn = "";
    this.#pages.close();
    $("#viewer").hidden = true;
    fill($("#viewer-page"));
  }

  #go(page) {
    const wanted = Math.min(Math.max(1, page), this.count || 1);
    $("#page-number").value = wanted;
    if (!this.paper || wanted === this.page) return;
    this.page = wanted;
    this.#turned(wanted);
    this.#draw();
  }

  async #draw() {
    const place = $("#viewer-page");
    if (!this.paper || !this.count || !place.clientWidth) return;
    $("#page-number").value = this.page;
    $("#page-count").textContent = t("room_papers.of_pages", { n: this.count });
    $("#page-back").disabled = this.page === 1;
    $("#page-on").disabled = this.page === this.count;
    const width = Math.round(place.clientWidth * devicePixelRatio * (ZOOMS[this.#zoom] / 100));
    const wanted = `${this.paper.id} ${this.page} ${width}`;
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    const canvas = await this.#pages.draw(this.page, width).catch(() => this.#say(t("room_papers.cannot_draw")));
    if (!canvas || wanted !== this.#drawn) return;
    canvas.setAttribute("aria-hidden", "true");
    place.replaceChildren(canvas);
    if (place.getBoundingClientRect().top < 0) place.scrollIntoView({ block: "start" });
    place.scrollLeft = 0;
    this.#say("");
    place.setAttribute("aria-label", `${this.paper.title}: ${t("room_papers.page")} ${this.page}`);
    const words = await this.#pages.words(this.page).catch(() => "");
    if (wanted === this.#drawn) $("#viewer-words").textContent = words;
  }

  #zoomTo(step) {
    this.#zoom = Math.min(Math.max(0, step), ZOOMS.length - 1);
    $("#viewer-page").className = `viewer-page zoom-${ZOOMS[this.#zoom]}`;
    $("#zoom-out").disabled = this.#zoom === 0;
    $("#zoom-in").disabled = this.#zoom === ZOOMS.length - 1;
    this.#draw();
  }

  // Keys of the viewer are not the chair's.
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in KEYS) this.#go(this.page + KEYS[event.key]);
    else if (event.key === "Home") this.#go(1);
    else if (event.key === "End") this.#go(this.count);
    else if (event.key === "+" || event.key === "-") this.#zoomTo(this.#zoom + (event.key === "+" ? 1 : -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #swipes(place) {
    let from = null;
    place.addEventListener("touchstart", ({ touches }) => { from = touches.length === 1 && this.#zoom === 0 ? touches[0] : null; }, { passive: true });
    place.addEventListener("touchend", ({ changedTouches: [to] }) => {
      const [x, y] = from ? [to.clientX - from.clientX, to.clientY - from.clientY] : [0, 0];
      if (Math.abs(x) > 60 && Math.abs(x) > 2 * Math.abs(y)) this.#go(this.page + (x < 0 ? 1 : -1));
    });
  }

  #say(text) {
    $("#viewer-state").textContent = text;
    $("#viewer-state").hidden = !text;
  }
}
