// What people replied: shown below the turn it belongs to, and looked for while a ticket is open.

import { sourceList } from "./answer.js";
import { el, languageOf, say } from "./dom.js";
import { callApi, Refusal } from "./stream.js";
import { language, t } from "./texts.js";

const PAUSE_MS = 30000; // between two looks

let watched = null; // id of the conversation that has an open ticket
let timer;
let looked = 0; // when, in ms
let hears = () => {};

/** Shows what `told`, a conversation of the server, knows of tickets and replies, and goes on looking. */
export function showPeople(told) {
  let fresh = 0;
  for (const reply of document.querySelectorAll(".reply[data-answer]")) {
    const mine = (one) => one.answer_id === reply.dataset.answer;
    fresh += showBelow(reply, told.tickets.filter(mine), told.replies.filter(mine));
  }
  looked = Date.now();
  watched = told.tickets.some((ticket) => ticket.state === "open") ? told.id : null;
  schedule();
  return fresh;
}

/** Looks now, and then from time to time as long as a ticket is open. */
export async function look(conversation) {
  watched = conversation;
  clearTimeout(timer);
  looked = Date.now();
  try {
    const told = await callApi(`/api/conversations/${encodeURIComponent(conversation)}`, { language: language() });
    // Another conversation may have begun meanwhile.
    if (watched === conversation && showPeople(told)) hears();
  } catch (error) {
    if (watched !== conversation) return;
    if (error instanceof Refusal && error.status === 404) forgetPeople();
    else schedule();
  }
}

/** No conversation: nothing more is looked for. */
export function forgetPeople() {
  watched = null;
  clearTimeout(timer);
}

/** `heard()` is called for a reply that came while the page was open. */
export function preparePeople(heard) {
  hears = heard;
  document.addEventListener("visibilitychange", schedule);
}

function schedule() {
  clearTimeout(timer);
  if (watched === null || document.hidden) return;
  timer = setTimeout(() => look(watched), Math.max(0, looked + PAUSE_MS - Date.now()));
}

/** How many replies are new. */
function showBelow(reply, tickets, replies) {
  const turn = reply.parentElement;
  const open = tickets.find((ticket) => ticket.state === "open");
  const handed = reply.querySelector(".handed");
  if (!open && tickets.length) handed?.remove(); // what it said is over
  let place = turn.querySelector(".people");
  const known = new Set([...(place?.querySelectorAll("[data-reply]") ?? [])].map((one) => one.dataset.reply));
  const missing = replies.filter((one) => !known.has(one.id));
  if (!place && tickets.length + replies.length) turn.append((place = el("div", { class: "people" })));
  if (!place) return 0;
  place.querySelector(".ticket")?.remove();
  place.append(...missing.map(person));
  const closed = !open && !replies.length && tickets.at(-1)?.state === "closed" ? tickets.at(-1) : null;
  const line = el("p", { class: "ticket" });
  if (open && !reply.querySelector(".handed")) say(line, "ticket_open", { id: open.id });
  else if (closed) say(line, "ticket_closed", { id: closed.id });
  if (line.textContent) place.append(line);
  return missing.length;
}

function person(reply) {
  const by = el("p", { class: "person" });
  const date = new Date(reply.created).toLocaleDateString("sv-SE");
  say(by, reply.author.name ? "person_named" : "person", { name: reply.author.name, date });
  const lang = languageOf(reply.text);
  const made = el("article", { class: "staff", "data-reply": reply.id, "data-label": "by_person", "aria-label": t("by_person") }, by,
    el("p", { class: "staff-text", text: reply.text, lang }));
  if (reply.citations.length) made.append(sourceList(reply.citations, lang));
  return made;
}
