// The presenter's page on the shared screen, as large as it fits; until the next one is drawn, the last one stays.
import { drawable, PaperPages } from "./pdf_pages.js";

const AGAIN = 5000; // milliseconds until a paper that could not be had is asked for again

export class ProjectorPaper {
  #place;
  #pages = new PaperPages();
  #wanted = "";

  constructor(place) {
    this.#place = place;
    window.addEventListener("resize", () => { this.#wanted = ""; });
  }

  async show(paper, page) {
    this.#place.hidden = !paper || !drawable(paper);
    const wanted = this.#place.hidden ? "" : `${paper.id} ${page}`;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (!wanted) {
      this.#pages.close();
      this.#place.replaceChildren();
      return;
    }
    try {
      const count = await this.#pages.open(paper);
      const { clientWidth, clientHeight } = this.#place;
      const canvas = await this.#pages.draw(Math.min(page, count), clientWidth * devicePixelRatio, clientHeight * devicePixelRatio);
      if (!canvas || wanted !== this.#wanted) return;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${paper.title}, ${page}`);
      this.#place.replaceChildren(canvas);
    } catch {
      setTimeout(() => { if (this.#wanted === wanted) this.#wanted = "again"; }, AGAIN);
    }
  }
}
