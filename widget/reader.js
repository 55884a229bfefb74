// The dialog that shows what one [n] rests on.

import { drawing, languageOf, webAddress } from "./dom.js";

/** Our page of what was cited, at the statement itself; an article has its anchor already. */
export function statementPath({ url, locator, quote }) {
  if (!url?.startsWith("/resources/") || !/^\w+$/.test(locator)) return url;
  // Browsers that can mark the very words; in others, and where the page words it otherwise, its place is marked.
  const words = quote.length <= 200 && !/\s\s|\n/.test(quote) ? encodeURIComponent(quote).replaceAll("-", "%2D") : "";
  return `${url}#at-${locator}${words && `:~:text=${words}`}`;
}

/** Quote, its kind and its two links; the same in the dialog and in the list of sources. */
export function citationBody(ui, citation, lang) {
  const links = ui.el("p", { class: "links" });
  const source = webAddress(citation.source_url);
  if (source) {
    const link = ui.outwardLink(citation.source_url, "");
    const text = ui.el("span");
    ui.say(text, "open_source", { host: source.host.replace(/^www\./, "") });
    link.prepend(text);
    links.append(link);
  }
  const own = ui.ownLink(statementPath(citation), "open_statement");
  if (own) links.append(own);
  return [
    ui.el("blockquote", { text: citation.quote, lang }),
    ui.el("p", { class: "quote-kind", key: citation.quote_kind === "verbatim" ? "quote_verbatim" : "quote_digest" }),
    links,
  ];
}

export class Reader {
  constructor(ui) {
    this.ui = ui;
    this.dialog = ui.el("dialog", { class: "reader", "aria-labelledby": "reader-title" });
    this.dialog.addEventListener("click", (event) => this.besides(event));
    // Where the dialog was opened by a keyboard, its close gives the focus back to the same number.
    this.dialog.addEventListener("close", () => this.opener?.focus({ preventScroll: true }));
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation());
  }

  /** Shows one of the answer's citations; the others are one step away. */
  open(citation, all, opener) {
    this.opener = opener;
    this.show(citation, all);
    this.dialog.showModal();
    this.dialog.querySelector("#reader-title").focus();
  }

  show(citation, all) {
    const { ui } = this;
    const lang = languageOf(citation.quote);
    const index = all.indexOf(citation);
    const kind = ui.el("span", { class: "kind" });
    ui.say(kind, `kind_${citation.kind === "policy" ? "policy" : "resource"}`);
    const step = (by, label) => {
      const button = ui.iconButton("down", label, () => {
        this.show(all[index + by], all);
        const same = this.dialog.querySelector(`[data-label="${label}"]`);
        (same.disabled ? this.dialog.querySelector("#reader-title") : same).focus();
      });
      button.classList.add(label);
      button.disabled = !all[index + by];
      return button;
    };
    const place = ui.el("span", { class: "place" });
    ui.say(place, "reader_place", { n: index + 1, of: all.length });
    this.dialog.replaceChildren(
      ui.el("div", { class: "reader-bar" },
        ui.el("span", { class: "cite", text: String(citation.number), "aria-hidden": "true" }), kind,
        ...(all.length > 1 ? [step(-1, "previous"), place, step(1, "next")] : []),
        ui.el("button", { type: "button", class: "quiet icon close", label: "close", onclick: () => this.dialog.close() },
          drawing("close"))),
      ui.el("h2", { id: "reader-title", text: citation.title, lang: languageOf(citation.title), tabindex: "-1" }),
      ui.el("p", { class: "locator", key: `locators:${citation.locator}` }),
      ...citationBody(ui, citation, lang),
    );
    this.dialog.scrollTop = 0;
  }

  /** A click beside the dialog closes it. */
  besides(event) {
    if (event.target !== this.dialog) return;
    const box = this.dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) this.dialog.close();
  }
}
