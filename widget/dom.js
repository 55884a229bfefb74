// Builds elements from text and properties. Nothing here or elsewhere parses HTML.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  // drawn on 24 × 24 with round ends
  ask: "M4 5.5h16v10.5h-8.5L7 19.5V16H4zM8 9.2h8M8 12.3h5",
  close: "M6 6l12 12M18 6L6 18",
  history: "M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4.5 4v4h4M12 8v4.4l3 1.8",
  fresh: "M12 5.5v13M5.5 12h13",
  down: "M12 5v13M6.5 12.5L12 18l5.5-5.5",
  find: "M10.5 4.5a6 6 0 1 0 0 12a6 6 0 0 0 0-12zM15 15l5 5",
  pen: "M5 19l1-4L16.5 4.5l3 3L9 18z",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7",
};

/** Text, language and elements of one widget; everything that is drawn gets it as `ui`. */
export class Dom {
  constructor(texts, base) {
    this.texts = texts;
    this.base = base; // address of Kewen, without a slash at its end
  }

  get language() {
    return this.texts.language;
  }

  t(key, values) {
    return this.texts.t(key, values);
  }

  /** An element. `text` is set as text; `key` and `label` name texts that follow the language. */
  el(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (value === undefined || value === null) continue;
      if (name === "text") node.textContent = value;
      else if (name === "key") this.say(node, value);
      else if (name === "label") this.name(node, value);
      else if (name === "class") node.className = value;
      else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (typeof value === "boolean") node.toggleAttribute(name, value);
      else node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  /** Shows a text of texts.js, now and after a change of language. */
  say(node, key, values) {
    remember(node, "text", key, values);
    node.textContent = this.t(key, values);
  }

  /** Names an element for those who hear it, and where it shows no text for the mouse. */
  name(node, key, values) {
    remember(node, "label", key, values);
    node.setAttribute("aria-label", this.t(key, values));
    if (node.classList.contains("icon")) node.title = this.t(key, values);
  }

  /** Shows every text under `root` in the present language. */
  translate(root) {
    const values = (node, kind) => (node.dataset[`${kind}Values`] ? JSON.parse(node.dataset[`${kind}Values`]) : undefined);
    for (const node of root.querySelectorAll("[data-text]")) this.say(node, node.dataset.text, values(node, "text"));
    for (const node of root.querySelectorAll("[data-label]")) this.name(node, node.dataset.label, values(node, "label"));
    for (const node of root.querySelectorAll("[data-placeholder]")) node.placeholder = this.t(node.dataset.placeholder);
  }

  /** A button that shows a drawing. */
  iconButton(icon, label, onclick) {
    return this.el("button", { type: "button", class: "quiet icon", label, onclick }, drawing(icon));
  }

  /** A link that opens beside this page, or plain text when the address is none. */
  outwardLink(address, text) {
    const url = webAddress(address);
    if (!url) return this.el("span", { text: text ?? address });
    return this.el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", class: "out" },
      text ?? address, this.el("span", { class: "unseen", key: "new_tab" }));
  }

  /** Kewen's own page of a record, wherever the widget stands. */
  ownLink(path, key) {
    const address = this.ownAddress(path);
    return address && this.el("a", { href: address, target: "_blank", rel: "noopener", key });
  }

  /** The whole address of a path of ours, else null. */
  ownAddress(path) {
    return /^\/(resources|policies|answers)\/[^\s\\]+$/.test(path ?? "") ? `${this.base}${path}` : null;
  }
}

function remember(node, kind, key, values) {
  node.dataset[kind] = key;
  if (values) node.dataset[`${kind}Values`] = JSON.stringify(values);
  else delete node.dataset[`${kind}Values`];
}

export function drawing(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** The address, relative ones from `base`, when it is http or https and nothing else; else null. */
export function webAddress(address, base) {
  try {
    const url = new URL(address, base);
    return url.protocol === "https:" || url.protocol === "http:" ? url : null;
  } catch {
    return null;
  }
}

/** The language that a text is written in, for fonts and speech. */
export function languageOf(text) {
  return /[\u3400-\u9fff]/.test(text) ? "zh-CN" : "en";
}
