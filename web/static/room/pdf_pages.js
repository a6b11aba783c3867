// The pages of one paper as pictures: of a PDF drawn by PDF.js, of an image the image itself. The library is large: it comes
// when the first PDF is opened.
import { h } from "./dom.js";
import { boot } from "./words.js";

const MOST_PIXELS = 12e6; // a canvas that old tablets still take

let library = null;
function pdfjs() {
  library ??= import("pdf").then((found) => {
    found.GlobalWorkerOptions.workerSrc = `${boot.vendor}pdf.worker.js`;
    return found;
  });
  return library;
}

export const drawable = (paper) => ["application/pdf", "image/png", "image/jpeg"].includes(paper.media_type);

export class PaperPages {
  #id = null;
  #loading = null;
  #task = null;

  // Resolves with the number of pages.
  async open(paper) {
    if (this.#id !== paper.id) {
      this.close();
      this.#id = paper.id;
      this.#loading = paper.media_type === "application/pdf" ? pdf(paper) : image(paper);
    }
    try {
      return (await this.#loading).pages;
    } catch (error) {
      if (this.#id === paper.id) this.#id = null; // asked for again, it is fetched again
      throw error;
    }
  }

  close() {
    this.#loading?.then(({ destroy }) => destroy(), () => {});
    this.#id = this.#loading = null;
  }

  // A canvas with the page, `width` device pixels wide at most; null when another page was asked for meanwhile.
  async draw(number, width, height = Infinity) {
    this.#task?.cancel();
    const source = await this.#loading;
    const task = { cancelled: false, cancel() { this.cancelled = true; this.running?.cancel(); } };
    this.#task = task;
    const canvas = await source?.draw(number, width, height, task).catch((error) => {
      if (task.cancelled) return null;
      throw error;
    });
    return task.cancelled ? null : canvas;
  }

  // The words of the page, for those who do not see it.
  async words(number) { return (await this.#loading)?.words(number) ?? ""; }
}

const scaled = (size, width, height) => Math.min(width / size.width, height / size.height, Math.sqrt(MOST_PIXELS / (size.width * size.height)));

async function pdf(paper) {
  const { getDocument } = await pdfjs();
  const task = getDocument({ url: `/papers/${paper.id}`, useWasm: false, wasmUrl: boot.vendor, rangeChunkSize: 1 << 19, isEvalSupported: false });
  const document = await task.promise;
  return {
    pages: document.numPages,
    destroy: () => task.destroy(),
    async draw(number, width, height, job) {
      const page = await document.getPage(number);
      if (job.cancelled) return null;
      const viewport = page.getViewport({ scale: scaled(page.getViewport({ scale: 1 }), width, height) });
      const canvas = h("canvas", { width: Math.round(viewport.width), height: Math.round(viewport.height) });
      job.running = page.render({ canvas, viewport });
      await job.running.promise;
      return canvas;
    },
    async words(number) {
      const { items } = await (await document.getPage(number)).getTextContent();
      return items.map(({ str, hasEOL }) => str + (hasEOL ? "\n" : "")).join("");
    },
  };
}

async function image(paper) {
  const picture = new Image();
  picture.src = `/papers/${paper.id}`;
  await picture.decode();
  const size = { width: picture.naturalWidth, height: picture.naturalHeight };
  return {
    pages: 1,
    destroy() {},
    async draw(_number, width, height) {
      const scale = scaled(size, width, height);
      const canvas = h("canvas", { width: Math.round(size.width * scale), height: Math.round(size.height * scale) });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return canvas;
    },
    words: async () => "",
  };
}
