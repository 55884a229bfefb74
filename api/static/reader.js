// The dialog that shows what one [n] rests on.

import { el, outwardLink, ownLink, say, webAddress } from "./dom.js";
import { t } from "./texts.js";

/** Quote, its kind and its two links; the same in the dialog and in the list of sources. */
export function citationBody(citation, lang) {
  const links = el("p", { class: "links" });
  const source = webAddress(citation.source_url);
  if (source) links.append(outwardLink(citation.source_url, t("open_source", { host: source.host.replace(/^www\./, "") })));
  const own = ownLink(citation.url, "open_record");
  if (own) links.append(own);
  return [
    el("blockquote", { text: citation.quote, lang }),
    el("p", { class: "quote-kind", key: citation.quote_kind === "verbatim" ? "quote_verbatim" : "quote_digest" }),
    links,
  ];
}

/** Opens the dialog; closing it gives the focus back to the marker. */
export function openCitation(citation) {
  const dialog = document.getElementById("reader");
  const lang = /[\u3400-\u9fff]/.test(citation.quote) ? "zh-CN" : "en";
  const close = el("button", { type: "button", class: "quiet close", key: "close", onclick: () => dialog.close() });
  const number = el("span", { class: "cite", text: String(citation.number), "aria-hidden": "true" });
  const kind = el("span", { class: "kind" });
  say(kind, `kind_${citation.kind}`);
  dialog.replaceChildren(
    el("div", { class: "reader-bar" }, number, kind, close),
    el("h2", { id: "reader-title", text: citation.title, lang, tabindex: "-1" }),
    el("p", { class: "locator", key: `locators:${citation.locator}` }),
    ...citationBody(citation, lang),
  );
  dialog.showModal();
  dialog.scrollTop = 0;
  document.getElementById("reader-title").focus();
}

/** A click beside the dialog closes it. */
export function prepareReader() {
  const dialog = document.getElementById("reader");
  dialog.addEventListener("click", (event) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });
}
