// The chat page: one conversation, its questions and answers.

import { renderAnswer } from "./answer.js";
import { el, languageOf, say, translate } from "./dom.js";
import { forgetPeople, look, preparePeople, showPeople } from "./people.js";
import { prepareReader } from "./reader.js";
import { ask, callApi, Refusal } from "./stream.js";
import { chooseLanguage, language, opener, OPENERS, startLanguage, t } from "./texts.js";

const LIMIT = 2000;
const KEY = "kewen.conversation";
const at = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const touch = matchMedia("(pointer: coarse)");
const TICKET = /\bt_[0-9a-f]{32}\b/; // an answer that handed the question over names its ticket

let conversation = null;
let running = null; // AbortController of the question being answered

function remember(id) {
  conversation = id;
  try {
    if (id) sessionStorage.setItem(KEY, id);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Without storage the conversation lasts as long as the page.
  }
}

function remembered() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function announce(text) {
  at("live").textContent = text;
}

function showLanguage() {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  document.title = t("title");
  translate(document);
  at("switch").textContent = t("other_language");
  at("switch").lang = language() === "zh" ? "en" : "zh-CN";
  at("openers").replaceChildren(
    ...OPENERS.map((_, index) =>
      el("li", {}, el("button", { type: "button", class: "chip", text: opener(index), onclick: () => submit(opener(index)) }))),
  );
  measure();
}

/** Grows the box with its text and counts when the limit is near. */
function measure() {
  const box = at("question");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
  const n = [...box.value].length;
  say(at("count"), "count", { n, limit: LIMIT });
  at("count").hidden = n < LIMIT * 0.8;
  at("count").classList.toggle("over", n > LIMIT);
}

function busy(controller) {
  running = controller;
  at("send").hidden = Boolean(controller);
  at("stop").hidden = !controller;
}

function newTurn(question) {
  at("welcome").hidden = true;
  const reply = el("div", { class: "reply", "aria-busy": "true" });
  const turn = el("article", { class: "turn" },
    el("h2", { class: "question" }, el("span", { class: "unseen", key: "you" }),
      el("span", { text: question, lang: languageOf(question) })),
    reply);
  at("turns").append(turn);
  turn.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  return turn;
}

function setReply(turn, ...children) {
  const reply = turn.querySelector(".reply");
  reply.replaceWith(el("div", { class: "reply" }, ...children));
}

async function submit(text) {
  const question = text.trim();
  if (!question || running) return;
  const n = [...question].length;
  if (n > LIMIT) {
    announce(t("too_long", { n, limit: LIMIT }));
    at("count").hidden = false;
    say(at("count"), "too_long", { n, limit: LIMIT });
    return;
  }
  at("question").value = "";
  measure();
  // A keyboard on glass would cover the answer; a real one goes on typing.
  if (touch.matches) at("question").blur();
  else at("question").focus({ preventScroll: true });
  await answerInto(newTurn(question), question, { again: false });
}

async function answerInto(turn, question, { again }) {
  const controller = new AbortController();
  busy(controller);
  const status = el("p", { class: "working" });
  const draft = el("div", { class: "draft", hidden: true });
  setReply(turn, status, draft);
  turn.querySelector(".reply").setAttribute("aria-busy", "true");
  say(status, "asking");
  try {
    const answer = await listen(question, controller.signal, status, draft);
    remember(answer.conversation_id);
    turn.querySelector(".reply").replaceWith(renderAnswer(answer, submit, handed));
    if (answer.notices.some((notice) => TICKET.test(notice))) look(answer.conversation_id);
    announce(`${answer.text.replace(/\[\d+\]/g, "")} ${t("finished", { n: answer.citations.length })}`);
  } catch (error) {
    showFailure(turn, question, error, again);
  } finally {
    if (running === controller) busy(null);
  }
}

function handed(ticket) {
  // A ticket of a conversation that was left meanwhile is shown when that is opened again.
  if (ticket.conversation_id === conversation) look(conversation);
}

async function listen(question, signal, status, draft) {
  const body = { question, conversation_id: conversation, language: "auto" };
  try {
    for await (const { event, data } of ask(body, { language: language(), signal })) {
      if (event === "status") {
        delete status.dataset.text;
        status.textContent = data.text;
        announce(data.text);
      } else if (event === "sources") {
        say(status, "sources_found", { n: data.citations.length });
      } else if (event === "delta") {
        draft.hidden = false;
        draft.append(data.text);
      } else if (event === "done") {
        return data;
      }
    }
  } catch (error) {
    // Deleted, or another server by now: the question still deserves its answer.
    if (!(error instanceof Refusal) || error.code !== "conversation_unknown" || conversation === null) throw error;
    remember(null);
    const answer = await listen(question, signal, status, draft);
    return { ...answer, notices: [...answer.notices, t("restarted")] };
  }
  throw new TypeError("the stream ended");
}

function showFailure(turn, question, error, again) {
  if (error.name === "AbortError") {
    setReply(turn, el("p", { class: "failure", key: "stopped" }));
    announce(t("stopped"));
    return;
  }
  const refused = error instanceof Refusal;
  const said = el("p");
  // The server names the field for programs; a person has only one box to look at.
  const reason = error.code === "question_invalid" ? t("question_invalid") : error.message;
  if (refused) say(said, "refused", { reason });
  else say(said, again ? "cut_again" : "cut");
  const box = el("div", { class: "failure" }, said);
  if (refused && error.requestId) {
    const id = el("p", { class: "request-id" });
    say(id, "request_id", { id: error.requestId });
    box.append(id);
  }
  const mayHelp = !refused || error.status >= 500 || error.status === 429 || error.status === 200;
  if (mayHelp && !again) {
    box.append(el("button", {
      type: "button", key: "retry",
      onclick: () => {
        if (running) return;
        at("question").focus({ preventScroll: true });
        answerInto(turn, question, { again: true });
      },
    }));
  } else if (!at("question").value) {
    at("question").value = question;
    measure();
  }
  setReply(turn, box);
  announce(said.textContent);
}

/** Shows again what was said before the page was loaded anew. */
async function restore() {
  const id = remembered();
  if (!id) return;
  try {
    const before = await callApi(`/api/conversations/${encodeURIComponent(id)}`, { language: language() });
    for (const turn of before.turns) {
      newTurn(turn.question).querySelector(".reply").replaceWith(renderAnswer(turn.answer, submit, handed));
    }
    remember(id);
    showPeople(before);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) remember(null);
    else conversation = id;
  }
}

function start() {
  startLanguage();
  showLanguage();
  prepareReader();
  preparePeople(() => announce(t("person_replied")));
  const box = at("question");
  at("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    submit(box.value);
  });
  box.addEventListener("input", measure);
  box.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a character.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit(box.value);
  });
  at("stop").addEventListener("click", () => {
    running?.abort();
    box.focus();
  });
  at("new").addEventListener("click", () => {
    running?.abort();
    busy(null);
    remember(null);
    forgetPeople();
    at("turns").replaceChildren();
    at("welcome").hidden = false;
    announce(t("new_conversation"));
    scrollTo({ top: 0 });
    box.focus();
  });
  at("switch").addEventListener("click", () => {
    chooseLanguage(language() === "zh" ? "en" : "zh");
    showLanguage();
  });
  const online = () => (at("offline").hidden = navigator.onLine);
  addEventListener("online", online);
  addEventListener("offline", online);
  online();
  restore();
  if (!touch.matches) box.focus({ preventScroll: true });
}

start();
