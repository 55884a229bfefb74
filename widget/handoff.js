// "Ask a person": the small form that hands an answer to the staff.

import { languageOf } from "./dom.js";
import { Refusal } from "./client.js";

/** The button and the place for its form. `handed(told)` hears what the server said of a ticket. */
export function handoff(ui, answer, handed) {
  const area = ui.el("div", { class: "handoff" });
  const button = ui.el("button", {
    type: "button", class: "quiet", key: "handoff", "aria-expanded": "false",
    onclick: () => (area.querySelector("form") ? close() : open()),
  });
  const close = () => {
    area.replaceChildren();
    button.setAttribute("aria-expanded", "false");
    button.focus();
  };
  const open = () => {
    const taken = (told) => {
      const sentence = ui.el("p", { class: "handed", tabindex: "-1", text: told.message, lang: languageOf(told.message) });
      area.replaceChildren(sentence);
      button.setAttribute("aria-expanded", "false");
      sentence.focus(); // read aloud, and the keyboard goes on from here
      handed(told);
    };
    area.replaceChildren(form(ui, answer, taken, close));
    button.setAttribute("aria-expanded", "true");
    area.querySelector("textarea").focus();
  };
  return { button, area };
}

function form(ui, answer, taken, close) {
  const id = `handoff-${answer.id}`;
  const message = ui.el("textarea", { id: `${id}-message`, rows: "3", maxlength: "4000", "aria-describedby": `${id}-what` });
  const contact = ui.el("input", {
    id: `${id}-contact`, type: "text", maxlength: "200", autocomplete: "email", "aria-describedby": `${id}-kept`,
  });
  const failed = ui.el("p", { class: "handoff-failed", role: "alert" });
  let sending = false;
  return ui.el("form", {
    class: "comment",
    onsubmit: async (event) => {
      event.preventDefault();
      if (sending) return;
      sending = true;
      failed.textContent = "";
      try {
        const body = { answer_id: answer.id, message: message.value.trim() || null, contact: contact.value.trim() || null };
        taken(await ui.client.call("/api/handoff", { body }));
      } catch (error) {
        ui.say(failed, "handoff_failed", { reason: reasonOf(ui, error) });
      } finally {
        sending = false;
      }
    },
    onkeydown: (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation(); // the panel around stays open
      close();
    },
  },
  ui.el("p", { id: `${id}-what`, key: "handoff_what" }),
  ui.el("label", { for: message.id, key: "handoff_message" }), message,
  ui.el("label", { for: contact.id, key: "handoff_contact" }), contact,
  ui.el("p", { id: `${id}-kept`, class: "kept", key: "handoff_kept" }),
  failed,
  ui.el("p", { class: "buttons" },
    ui.el("button", { type: "submit", key: "handoff_send" }),
    ui.el("button", { type: "button", class: "quiet", key: "handoff_cancel", onclick: close })));
}

function reasonOf(ui, error) {
  if (!(error instanceof Refusal)) return ui.t("handoff_cut");
  // The server names the id for programs; a person can only ask again.
  if (error.code === "answer_unknown") return ui.t("handoff_gone");
  return error.message;
}
