// An answer as the page shows it: text with its citations, cards, sources and what can be done next.

import { el, languageOf, outwardLink, ownLink, say, webAddress } from "./dom.js";
import { handoff } from "./handoff.js";
import { openCitation, citationBody } from "./reader.js";
import { callApi } from "./stream.js";
import { language, t } from "./texts.js";

/** The finished answer, to stand in place of what was streamed. `ask(question)` asks a follow-up; `handed(told)`
    hears of a ticket. */
export function renderAnswer(answer, ask, handed) {
  const lang = answer.language === "en" ? "en" : "zh-CN";
  const byNumber = new Map(answer.citations.map((citation) => [citation.number, citation]));
  const body = el("div", { class: "answer" });
  if (answer.status !== "answered") {
    body.append(el("p", { class: `verdict ${answer.status}`, key: `status_${answer.status}` }));
  }
  const filters = filterLabels(answer.filters);
  if (filters.length) {
    body.append(el("p", { class: "filters" }, el("span", { key: "filters" }), ...filters));
  }
  body.append(el("div", { class: "prose", lang }, ...blocks(answer, byNumber)));
  if (answer.notices.length) {
    body.append(
      el("ul", { class: "notices", "data-label": "notices", "aria-label": t("notices") },
        ...answer.notices.map((notice) => el("li", { text: notice, lang: languageOf(notice) }))),
    );
  }
  if (answer.citations.length) body.append(sourceList(answer.citations, lang));
  body.append(actions(answer, handed));
  if (answer.follow_ups.length) body.append(chips(answer.follow_ups, ask));
  const reply = el("div", { class: "reply", "data-answer": answer.id }, body);
  if (answer.resources.length) {
    reply.classList.add("with-cards");
    reply.append(
      el("aside", { class: "cards", "data-label": "cards", "aria-label": t("cards") },
        ...answer.resources.map((card) => resourceCard(card, lang))),
    );
  }
  return reply;
}

function blocks(answer, byNumber) {
  const known = new Set(
    [...answer.citations.flatMap((c) => [c.url, c.source_url]), ...answer.resources.map((r) => r.url)].filter(Boolean),
  );
  const made = [];
  let list = null;
  for (const line of answer.text.split("\n")) {
    const item = /^\s*(?:([-•*])|(\d{1,3})[.、．])\s+(.*)$/.exec(line) ?? /^\s*(?:(•)|(\d{1,3})[、．])(.*)$/.exec(line);
    if (!line.trim()) {
      list = null;
    } else if (item) {
      const tag = item[2] ? "ol" : "ul";
      if (list?.localName !== tag) made.push((list = el(tag, item[2] ? { start: item[2] } : {})));
      list.append(el("li", item[2] ? { value: item[2] } : {}, ...inline(item[3], byNumber, known)));
    } else {
      list = null;
      made.push(el("p", {}, ...inline(line, byNumber, known)));
    }
  }
  return made;
}

/** Text with [n] as buttons and with the addresses that this answer cites as links. */
function inline(text, byNumber, known) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(/\[(\d{1,3})\]|https?:\/\/[^\s\[\]（）【】《》“”，。；、<>"]+/g)) {
    const citation = match[1] ? byNumber.get(Number(match[1])) : null;
    const address = match[1] ? null : cited(match[0], known);
    if (!citation && !address) continue;
    const before = text.slice(from, match.index);
    if (citation) {
      // The number stays with the end of what it supports, never alone on a line.
      const end = /(?:[!-~]{1,24}|\S{1,2})?\s?$/u.exec(before);
      parts.push(before.slice(0, end.index), el("span", { class: "keep" }, end[0], marker(citation)));
    } else {
      parts.push(before, outwardLink(address));
    }
    from = match.index + (citation ? match[0].length : address.length);
  }
  return [...parts, text.slice(from)].filter((part) => part !== "");
}

/** The longest beginning of what looks like an address that is one of ours. */
function cited(text, known) {
  for (let end = text.length; end > 8; end--) {
    if (known.has(text.slice(0, end)) && !/^[\w/]/.test(text.slice(end))) return text.slice(0, end);
  }
  return null;
}

function marker(citation) {
  const values = { n: citation.number, title: citation.title };
  return el("button", {
    type: "button",
    class: "cite",
    text: String(citation.number),
    "data-label": "cite",
    "data-values": JSON.stringify(values),
    "aria-label": t("cite", values),
    "aria-haspopup": "dialog",
    onclick: () => openCitation(citation),
  });
}

/** The sources, folded; for answers and for what people replied. */
export function sourceList(citations, lang) {
  const heading = el("summary");
  say(heading, "sources", { n: citations.length });
  return el("details", { class: "sources" }, heading,
    el("ol", {}, ...citations.map((citation) =>
      el("li", { value: citation.number },
        el("p", { class: "source-title" },
          el("span", { text: citation.title, lang }), " ",
          el("span", { class: "locator", key: `locators:${citation.locator}` })),
        ...citationBody(citation, lang)))));
}

function resourceCard(card, lang) {
  const rows = [];
  const row = (key, ...value) => rows.push(el("dt", { key }), el("dd", {}, ...value));
  if (card.host) row("host", el("span", { text: card.host, lang }));
  if (card.province) row("province", el("span", { key: `provinces:${card.province}` }));
  if (card.access) row("access", el("span", { key: `access:${card.access}` }));
  if (card.url) row("address", outwardLink(card.url, webAddress(card.url)?.host.replace(/^www\./, "")));
  if (card.contact) row("contact", el("span", { text: card.contact, lang }));
  if (card.identifiers.length) row("identifiers", el("span", { text: card.identifiers.join("; "), lang }));
  const made = el("article", { class: "card" },
    el("p", { class: "card-type" },
      el("span", { key: `types:${card.type}` }),
      el("span", { class: `mark ${card.verification}`, key: `verification:${card.verification}` })),
    el("h3", { text: card.name, lang }),
    el("dl", {}, ...rows));
  if (card.how_to_apply.length) {
    const summary = el("summary");
    say(summary, "steps", { n: card.how_to_apply.length });
    made.append(el("details", {}, summary,
      el("ol", { lang }, ...card.how_to_apply.map((step) => el("li", { text: step })))));
  }
  const own = ownLink(`/resources/${card.id}`, "open_record");
  if (own) made.append(el("p", { class: "card-more" }, own));
  return made;
}

function filterLabels(filters) {
  const made = [];
  for (const [name, given] of Object.entries(filters ?? {})) {
    if (name === "as_of" && typeof given === "string") {
      const label = el("span", { class: "filter" });
      say(label, "as_of", { date: given });
      made.push(label);
    } else if (Array.isArray(given)) {
      made.push(...given.map((value) => el("span", { class: "filter", key: `${name}:${value}` })));
    }
  }
  return made;
}

function chips(questions, ask) {
  return el("div", { class: "follow-ups" },
    el("p", { key: "follow_ups" }),
    el("ul", {}, ...questions.map((question) =>
      el("li", {}, el("button", {
        type: "button", class: "chip", text: question, lang: languageOf(question), onclick: () => ask(question),
      })))));
}

function actions(answer, handed) {
  const person = handoff(answer, handed);
  const said = el("span", { class: "said", role: "status" });
  const by = el("span", { class: "by" });
  const [kind, model] = answer.generated_by.split(/:(.*)/s);
  say(by, { composer: "by_composer", llm: "by_llm", curated: "by_curated" }[kind] ?? "by_composer", { model });
  const copy = el("button", {
    type: "button", class: "quiet", key: "copy",
    onclick: async () => say(said, (await copied(plainText(answer))) ? "copied" : "copy_failed"),
  });
  const verdicts = ["up", "down"].map((verdict) =>
    el("button", { type: "button", class: `quiet ${verdict}`, key: verdict, "aria-pressed": "false" }));
  const area = el("div", { class: "comment-area" });
  for (const [index, verdict] of ["up", "down"].entries()) {
    verdicts[index].addEventListener("click", async () => {
      if (!(await send(answer, verdict, null, said))) return;
      for (const button of verdicts) button.setAttribute("aria-pressed", String(button === verdicts[index]));
      area.replaceChildren(...(verdict === "down" ? [commentForm(answer, area, said)] : []));
      area.querySelector("textarea")?.focus();
    });
  }
  return el("div", { class: "actions" }, by,
    el("div", { class: "buttons", role: "group", "data-label": "feedback", "aria-label": t("feedback") },
      copy, ...verdicts, person.button, said),
    area, person.area);
}

function commentForm(answer, area, said) {
  const id = `comment-${answer.id}`;
  const box = el("textarea", { id, rows: "2", maxlength: "2000" });
  return el("form", {
    class: "comment",
    onsubmit: async (event) => {
      event.preventDefault();
      if (!box.value.trim() || (await send(answer, "down", box.value.trim(), said))) area.replaceChildren();
    },
  }, el("label", { for: id, key: "comment_label" }), box, el("button", { type: "submit", key: "comment_send" }));
}

async function send(answer, verdict, comment, said) {
  try {
    await callApi("/api/feedback", { body: { answer_id: answer.id, verdict, comment }, language: language() });
    say(said, "thanks");
    return true;
  } catch (error) {
    say(said, "feedback_failed", { reason: error.requestId ? error.message : t("offline") });
    return false;
  }
}

function plainText(answer) {
  const sources = answer.citations.map((c) =>
    `[${c.number}] ${c.title} · ${t(`locators:${c.locator}`)} ${c.source_url ?? new URL(c.url, location.origin).href}`);
  return [answer.text, ...(sources.length ? ["", ...sources] : [])].join("\n");
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not given on plain http: select a hidden copy instead.
    const before = document.activeElement;
    const box = el("textarea", { class: "unseen", readonly: true });
    box.value = text;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    before?.focus();
    return done;
  }
}
