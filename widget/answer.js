// An answer as the widget shows it: text with its citations, cards, sources and what can be done next.

import { languageOf, webAddress } from "./dom.js";
import { Cut } from "./client.js";
import { handoff } from "./handoff.js";
import { blocks } from "./prose.js";
import { citationBody } from "./reader.js";

const DROPPABLE = ["types", "provinces", "access"];

/** The finished answer, to stand in place of what was streamed. `ask(question)` asks a follow-up; `handed(told)`
    hears of a ticket; `verdict` is what this visitor thought of it before, up, down or null. */
export function renderAnswer(ui, answer, { ask, handed, reader, verdict }) {
  const lang = answer.language === "en" ? "en" : "zh-CN";
  const known = new Set(
    [...answer.citations.flatMap((c) => [c.url, c.source_url]), ...answer.resources.map((r) => r.url)].filter(Boolean),
  );
  const body = ui.el("div", { class: "answer" });
  if (answer.status !== "answered") {
    body.append(ui.el("p", { class: `verdict ${answer.status}`, key: `status_${answer.status}` }));
  }
  const filters = filterLabels(ui, answer.filters, ask);
  if (filters.length) {
    body.append(ui.el("p", { class: "filters" }, ui.el("span", { key: "filters" }), ...filters));
  }
  body.append(ui.el("div", { class: "prose", lang }, ...blocks(ui, answer.text, answer.citations, known, reader)));
  if (answer.notices.length) {
    body.append(ui.el("ul", { class: "notices", label: "notices" },
      ...answer.notices.map((notice) => ui.el("li", { text: notice, lang: languageOf(notice) }))));
  }
  if (answer.citations.length) body.append(sourceList(ui, answer.citations, lang));
  body.append(actions(ui, answer, handed, verdict));
  if (answer.follow_ups.length) body.append(chips(ui, answer.follow_ups, ask));
  const reply = ui.el("div", { class: "reply", "data-answer": answer.id }, body);
  if (answer.resources.length) {
    reply.classList.add("with-cards");
    reply.append(ui.el("aside", { class: "cards", label: "cards" },
      ...answer.resources.map((card) => resourceCard(ui, card, lang))));
  }
  return reply;
}

/** The sources, folded; for answers and for what people replied. */
export function sourceList(ui, citations, lang) {
  const heading = ui.el("summary");
  ui.say(heading, "sources", { n: citations.length });
  return ui.el("details", { class: "sources" }, heading,
    ui.el("ol", {}, ...citations.map((citation) =>
      ui.el("li", { value: citation.number },
        ui.el("p", { class: "source-title" },
          ui.el("span", { text: citation.title, lang }), " ",
          ui.el("span", { class: "locator", key: `locators:${citation.locator}` })),
        ...citationBody(ui, citation, lang)))));
}

function resourceCard(ui, card, lang) {
  const rows = [];
  const row = (key, ...value) => rows.push(ui.el("dt", { key }), ui.el("dd", {}, ...value));
  if (card.host) row("host", ui.el("span", { text: card.host, lang }));
  if (card.province) row("province", ui.el("span", { key: `provinces:${card.province}` }));
  if (card.access) row("access", ui.el("span", { key: `access:${card.access}` }));
  if (card.url) row("address", ui.outwardLink(card.url, webAddress(card.url)?.host.replace(/^www\./, "")));
  else row("address", ui.el("span", { key: "no_address" }));
  if (card.contact) row("contact", ui.el("span", { text: card.contact, lang }));
  if (card.identifiers.length) row("identifiers", ui.el("span", { text: card.identifiers.join("; "), lang }));
  const made = ui.el("article", { class: "card" },
    ui.el("p", { class: "card-type" },
      ui.el("span", { key: `types:${card.type}` }),
      ui.el("span", { class: `mark ${card.verification}`, key: `verification:${card.verification}` })),
    ui.el("h4", { text: card.name, lang }),
    ui.el("dl", {}, ...rows));
  if (card.how_to_apply.length) {
    const summary = ui.el("summary");
    ui.say(summary, "steps", { n: card.how_to_apply.length });
    made.append(ui.el("details", {}, summary,
      ui.el("ol", { lang }, ...card.how_to_apply.map((step) => ui.el("li", { text: step })))));
  }
  const own = ui.ownLink(`/resources/${encodeURI(card.id).replace(/[?#]/g, encodeURIComponent)}`, "open_record");
  if (own) made.append(ui.el("p", { class: "card-more" }, own));
  return made;
}

/** What the answer was restricted to. A restriction is taken away in words, so every channel can do it. */
function filterLabels(ui, filters, ask) {
  const made = [];
  const removable = (name, value) => {
    const button = ui.el("button", { type: "button", class: "filter", onclick: () => ask(ui.t(`drop_${name}`)) },
      ui.el("span", { key: `${name}:${value}` }), ui.el("span", { class: "times", "aria-hidden": "true", text: "×" }));
    ui.name(button, "drop", { value: ui.t(`${name}:${value}`) });
    return button;
  };
  for (const [name, given] of Object.entries(filters ?? {})) {
    if (name === "as_of" && typeof given === "string") {
      const label = ui.el("span", { class: "filter" });
      ui.say(label, "as_of", { date: given });
      made.push(label);
    } else if (Array.isArray(given)) {
      made.push(...given.map((value) =>
        DROPPABLE.includes(name) ? removable(name, value) : ui.el("span", { class: "filter", key: `${name}:${value}` })));
    }
  }
  return made;
}

function chips(ui, questions, ask) {
  return ui.el("div", { class: "follow-ups" },
    ui.el("p", { key: "follow_ups" }),
    ui.el("ul", {}, ...questions.map((question) =>
      ui.el("li", {}, ui.el("button", {
        type: "button", class: "chip", text: question, lang: languageOf(question), onclick: () => ask(question),
      })))));
}

function actions(ui, answer, handed, before) {
  const person = handoff(ui, answer, handed);
  const said = ui.el("span", { class: "said", role: "status" });
  const by = ui.el("span", { class: "by" });
  const [kind, model] = answer.generated_by.split(/:(.*)/s);
  ui.say(by, { composer: "by_composer", llm: "by_llm", curated: "by_curated" }[kind] ?? "by_composer", { model });
  const copier = (key, text) => ui.el("button", {
    type: "button", class: "quiet", key,
    onclick: async () => ui.say(said, (await copied(text(), area)) ? "copied" : "copy_failed"),
  });
  const verdicts = ["up", "down"].map((verdict) =>
    ui.el("button", { type: "button", class: `quiet ${verdict}`, key: verdict, "aria-pressed": String(verdict === before) }));
  const area = ui.el("div", { class: "comment-area" });
  for (const [index, verdict] of ["up", "down"].entries()) {
    verdicts[index].addEventListener("click", async () => {
      if (!(await send(ui, answer, verdict, null, said))) return;
      for (const button of verdicts) button.setAttribute("aria-pressed", String(button === verdicts[index]));
      area.replaceChildren(...(verdict === "down" ? [commentForm(ui, answer, area, said)] : []));
      area.querySelector("textarea")?.focus();
    });
  }
  return ui.el("div", { class: "actions" }, by,
    ui.el("div", { class: "buttons", role: "group", label: "actions" },
      copier("copy", () => plainText(ui, answer)),
      copier("share", () => ui.ownAddress(`/answers/${answer.id}`)),
      ...verdicts, person.button, said),
    area, person.area);
}

function commentForm(ui, answer, area, said) {
  const id = `comment-${answer.id}`;
  const box = ui.el("textarea", { id, rows: "2", maxlength: "2000" });
  return ui.el("form", {
    class: "comment",
    onsubmit: async (event) => {
      event.preventDefault();
      if (!box.value.trim() || (await send(ui, answer, "down", box.value.trim(), said))) area.replaceChildren();
    },
  }, ui.el("label", { for: id, key: "comment_label" }), box, ui.el("button", { type: "submit", key: "comment_send" }));
}

async function send(ui, answer, verdict, comment, said) {
  try {
    await ui.client.call("/api/feedback", { body: { answer_id: answer.id, verdict, comment } });
    ui.say(said, "thanks");
    return true;
  } catch (error) {
    ui.say(said, "feedback_failed", { reason: error instanceof Cut ? ui.t("offline") : error.message });
    return false;
  }
}

/** What goes elsewhere says what made it, and where to look it up. */
function plainText(ui, answer) {
  const sources = answer.citations.map((c) =>
    `[${c.number}] ${c.title} · ${ui.t(`locators:${c.locator}`)} ${c.source_url ?? ui.ownAddress(c.url) ?? ""}`.trim());
  const made = ui.t(answer.generated_by === "curated" ? "made_by_staff" : "made_by_machine");
  const where = [made, ui.t("answer_number", { id: answer.id }), ui.ownAddress(`/answers/${answer.id}`)];
  return [answer.text, ...(sources.length ? ["", ...sources] : []), "", where.filter(Boolean).join(" · ")].join("\n");
}

async function copied(text, place) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not given on plain http: select a hidden copy instead.
    const before = place.getRootNode().activeElement;
    const box = document.createElement("textarea");
    box.className = "unseen";
    box.readOnly = true;
    box.value = text;
    place.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    before?.focus();
    return done;
  }
}
