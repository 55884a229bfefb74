// One record in full: what a citation's own address shows.

import { el, languageOf, outwardLink, translate } from "./dom.js";
import { callApi } from "./stream.js";
import { chooseLanguage, language, startLanguage, t } from "./texts.js";

const place = document.getElementById("record");
let record = null;

const inOne = (text) => (text ? text[language()] || text.zh || text.en : null);
const inOther = (text) => text[language() === "zh" ? "en" : "zh"];
const said = (text) => el("span", { text, lang: languageOf(text) });

function show() {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  translate(document);
  const other = document.getElementById("switch");
  other.textContent = t("other_language");
  other.lang = language() === "zh" ? "en" : "zh-CN";
  if (!record) return;
  const name = record.name ?? record.title;
  document.title = `${inOne(name)} · ${t("title")}`;
  place.removeAttribute("aria-busy");
  place.replaceChildren(
    el("p", { class: "card-type" }, el("span", { key: record.type ? `types:${record.type}` : `statuses:${record.status}` }),
      el("span", { class: `mark ${record.verification}`, key: `verification:${record.verification}` })),
    el("h1", {}, said(inOne(name))),
    ...(inOther(name) && inOther(name) !== inOne(name) ? [el("p", { class: "other" }, said(inOther(name)))] : []),
    ...(record.kind === "resource" ? resource() : policy()),
    ...list("notes", record.notes.map((note) => said(inOne(note.text)))),
    ...list("record_sources", record.sources.map((source) =>
      source.url ? outwardLink(source.url, inOne(source.title)) : said(inOne(source.title)))),
  );
}

function fields(rows) {
  const made = el("dl");
  for (const [key, value] of rows) {
    if (value) made.append(el("dt", { key }), el("dd", {}, value instanceof Node ? value : said(value)));
  }
  return made;
}

function list(key, items) {
  if (!items.length) return [];
  return [el("section", {}, el("h2", { key }), el("ul", {}, ...items.map((item) => el("li", {}, item))))];
}

function resource() {
  const contact = record.contact;
  const told = contact ? [contact.phone, contact.email, inOne(contact.note)].filter(Boolean).join("; ") : null;
  const city = inOne(record.city);
  const province = record.province ? t(`provinces:${record.province}`) : null;
  const known = city && province && (city.includes(province) || province.includes(city));
  const steps = record.how_to_apply ? record.how_to_apply.steps[language()] : [];
  const made = [
    fields([
      ["aliases", [...record.aliases, ...record.former_names].join("; ")],
      ["host", inOne(record.host)],
      ["governing_body", inOne(record.governing_body)],
      ["province", (known ? [province] : [province, city]).filter(Boolean).join(" · ")],
      ["holdings", inOne(record.holdings)],
      ["access", record.access.level ? t(`access:${record.access.level}`) : null],
      ["who", inOne(record.access.text)],
      ["address", record.url ? el("span", {}, outwardLink(record.url),
        record.url_checked ? null : el("span", { class: "warning", key: "unchecked" })) : null],
      ["identifiers", record.identifiers.map((one) => `${one.scheme} ${one.value}`).join("; ")],
      ["contact", told],
      ["since", inOne(record.since)],
    ]),
  ];
  if (steps.length) {
    made.push(el("section", {}, el("h2", { key: "apply" }),
      el("ol", {}, ...steps.map((step) => el("li", {}, said(step)))),
      record.how_to_apply.common_route ? el("p", { class: "warning", key: "common_route" }) : null));
  }
  return made;
}

function policy() {
  const cited = location.hash.slice(1);
  return [
    fields([
      ["issuer", inOne(record.issuing_body)],
      ["doc_number", record.doc_number],
      ["issued", record.issued],
      ["effective", record.effective],
      ["status", [t(`statuses:${record.status}`), inOne(record.status_note)].filter(Boolean).join(" · ")],
      ["scope", inOne(record.scope)],
      ["official_text", record.official_url ? outwardLink(record.official_url) : null],
    ]),
    el("section", {}, el("h2", { key: "articles" }), record.articles.some((article) => article.digest) ? el("p", { class: "warning", key: "digests" }) : null,
      ...record.articles.map((article) =>
        el("section", { class: `article${article.anchor === cited ? " cited" : ""}`, id: article.anchor },
          el("h3", { text: article.no }, article.chapter ? el("span", { text: inOne(article.chapter) }) : null),
          article.digest ? el("p", {}, said(inOne(article.digest))) : null,
          ...(article.text ? [el("p", { class: "quote-kind", key: "quote_verbatim" }),
            ...article.text.split(/\s*\n\s*/).map((text) => el("p", { class: "verbatim", text }))] : []),
          article.note ? el("p", { class: "warning" }, said(inOne(article.note))) : null))),
  ];
}

function toCited() {
  const cited = location.hash.slice(1);
  for (const article of place.querySelectorAll(".article")) article.classList.toggle("cited", article.id === cited);
  if (cited) document.getElementById(cited)?.scrollIntoView();
}

async function start() {
  startLanguage();
  show();
  document.getElementById("switch").addEventListener("click", () => {
    chooseLanguage(language() === "zh" ? "en" : "zh");
    show();
  });
  addEventListener("hashchange", toCited);
  try {
    record = await callApi(`/api${location.pathname}`, { language: language() });
    show();
    toCited();
  } catch (error) {
    place.removeAttribute("aria-busy");
    place.replaceChildren(el("p", { text: error.requestId ? error.message : t("offline") }),
      el("p", {}, el("a", { href: "/", key: "back_to_chat" })));
  }
}

start();
