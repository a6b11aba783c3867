// What is pasted from Word, LibreOffice or a page: its paragraphs, headings, lists, quotes, tables, bold and italic. Styles,
// classes, pictures, comments, deleted and hidden text are left behind.
const DROPPED = new Set(["SCRIPT", "STYLE", "META", "LINK", "TITLE", "XML", "IMG", "SVG", "OBJECT", "IFRAME", "BUTTON", "INPUT", "TEXTAREA", "SELECT", "DEL", "TEMPLATE", "NOSCRIPT"]);
const BLOCKS = new Set(["P", "DIV", "SECTION", "ARTICLE", "HEADER", "FOOTER", "MAIN", "DL", "DT", "DD", "PRE", "FIGURE", "ADDRESS", "FORM", "CENTER", "HR"]);
const HIDDEN = /mso-hide\s*:\s*all|display\s*:\s*none|mso-element\s*:\s*(comment|header|footer|footnote|endnote|frame)/i;

export function cleaned(html) {
  const page = new DOMParser().parseFromString(unstyled(html), "text/html");
  const box = page.createElement("div");
  box.append(...new Cleaner(page).all(page.body));
  return box.innerHTML;
}

// Styles and handlers under another name: the page's policy allows none, not even in a document that is only read.
const unstyled = (html) => html.replace(/<style\b[\s\S]*?<\/style\s*>/gi, "").replace(/<[^>]*>/g, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1="));
const styleOf = (node) => node.dataset?.style ?? "";

// NFC, without control characters and directions: as the server takes text.
export const cleanText = (text) => text.normalize("NFC").replace(/[^\P{C}\n\t]/gu, "");

class Cleaner {
  #page;
  #out = [];
  #line = null;
  constructor(page) { this.#page = page; }

  all(node) {
    for (const child of node.childNodes) this.#take(child, { strong: false, em: false });
    this.#end();
    return nested(this.#out, this.#page);
  }

  #take(node, marks) {
    if (node.nodeType === Node.TEXT_NODE) return void this.#text(node.data, marks);
    if (node.nodeType !== Node.ELEMENT_NODE || this.#unwanted(node)) return;
    const name = node.nodeName.toUpperCase();
    const within = marksOf(node, marks);
    if (name === "BR") this.#line?.append(this.#page.createElement("br"));
    else if (/^H[1-6]$/.test(name)) this.#block("h4", node, { strong: false, em: within.em });
    else if (name === "UL" || name === "OL") this.#list(name.toLowerCase(), node);
    else if (name === "TABLE") this.#table(node);
    else if (name === "BLOCKQUOTE") this.#put(this.#made("blockquote", new Cleaner(this.#page).all(node)));
    else if (listed(node)) this.#word(node, within);
    else if (BLOCKS.has(name)) this.#block("p", node, within);
    else for (const child of node.childNodes) this.#take(child, within);
  }

  #unwanted(node) {
    const name = node.nodeName.toUpperCase();
    if (DROPPED.has(name) || HIDDEN.test(styleOf(node))) return true;
    if (/^(V|W|M|ST1):/.test(name) || /MsoCommentReference/.test(node.className)) return true;
    return name === "A" && /^#_(msocom|ftn|edn)/.test(node.getAttribute("href") ?? "");
  }

  #text(data, marks) {
    const text = cleanText(data).replace(/[\s\u00a0]+/g, " ");
    if (!text.trim() && (!this.#line || /(^|\s)$/.test(this.#line.textContent))) return;
    this.#line ??= this.#page.createElement("p");
    let node = this.#page.createTextNode(this.#line.textContent ? text : text.trimStart());
    for (const [kind, tag] of [["em", "em"], ["strong", "strong"]]) if (marks[kind]) node = this.#made(tag, [node]);
    this.#line.append(node);
  }

  #block(tag, node, marks) {
    this.#end();
    if (tag !== "p") this.#line = this.#page.createElement(tag);
    for (const child of node.childNodes) this.#take(child, marks);
    this.#end();
  }

  #end() {
    if (this.#line?.textContent.trim()) this.#out.push(this.#line);
    this.#line = null;
  }

  #put(element) { this.#end(); if (element.childNodes.length) this.#out.push(element); }

  #list(tag, node) {
    const items = [...node.children].filter((each) => !this.#unwanted(each))
      .map((each) => this.#made("li", new Cleaner(this.#page).all(/^(UL|OL)$/.test(each.nodeName) ? this.#made("div", [each.cloneNode(true)]) : each)));
    this.#put(this.#made(tag, items.filter((item) => item.childNodes.length)));
  }

  #table(node) {
    const rows = [...node.rows].map((row) => this.#made("tr", [...row.cells].map((cell) => this.#made("td", lines(new Cleaner(this.#page).all(cell), this.#page)))));
    this.#put(this.#made("table", rows.filter((row) => row.childNodes.length)));
  }

  // A list in Word is paragraphs that say so in their style.
  #word(node, marks) {
    const sign = [...node.querySelectorAll("span")].find((span) => /mso-list\s*:\s*ignore/i.test(styleOf(span)));
    const ordered = /^\s*\(?([0-9]+|[a-z]|[ivx]+)[.)]/i.test(sign?.textContent ?? "");
    sign?.remove();
    this.#block("p", node, marks);
    const last = this.#out.at(-1);
    if (last?.nodeName === "P") Object.assign(last, { ofList: { level: Number(listed(node)), tag: ordered ? "ol" : "ul" } });
  }

  #made(tag, children) { const element = this.#page.createElement(tag); element.append(...children); return element; }
}

const listed = (node) => /mso-list\s*:\s*\S+\s+level(\d+)/i.exec(styleOf(node))?.[1];

function marksOf(node, marks) {
  const name = node.nodeName.toUpperCase();
  const weight = /(?:^|;)\s*font-weight\s*:\s*(\w+)/i.exec(styleOf(node))?.[1];
  const slant = /(?:^|;)\s*font-style\s*:\s*(\w+)/i.exec(styleOf(node))?.[1];
  return {
    strong: weight ? weight.startsWith("bold") || Number(weight) >= 600 : marks.strong || name === "B" || name === "STRONG" || name === "TH",
    em: slant ? slant !== "normal" : marks.em || name === "I" || name === "EM",
  };
}

// Word's list paragraphs as lists within lists, by their level.
function nested(blocks, page) {
  const out = [];
  const open = []; // {level, list} that a next paragraph may belong to, outermost first
  for (const block of blocks) {
    const { level, tag } = block.ofList ?? { level: 0 };
    while (open.length && (open.at(-1).level > level || (open.at(-1).level === level && open.at(-1).list.localName !== tag))) open.pop();
    if (!level) { out.push(block); continue; }
    if (open.at(-1)?.level !== level) {
      const list = page.createElement(tag);
      if (open.length) open.at(-1).list.lastElementChild.append(list); else out.push(list);
      open.push({ level, list });
    }
    const item = page.createElement("li");
    item.append(block);
    open.at(-1).list.append(item);
  }
  return out;
}

// A cell holds paragraphs only.
function lines(blocks, page) {
  const found = blocks.flatMap((block) => (block.nodeName === "P" ? [block] : [...block.querySelectorAll("p, h4")].concat(block.nodeName === "H4" ? [block] : [])));
  return found.length ? found.map((each) => { const line = page.createElement("p"); line.append(...each.childNodes); return line; }) : [page.createElement("p")];
}
