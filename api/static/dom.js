// Builds elements from text and properties. Nothing here or elsewhere parses HTML.

import { t } from "./texts.js";

/** An element. `text` is set as text; `key` names a text that follows the language switch. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "text") node.textContent = value;
    else if (name === "key") say(node, value);
    else if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") node.toggleAttribute(name, value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Shows a text of texts.js, now and after a change of language. */
export function say(node, key, values) {
  node.dataset.text = key;
  if (values) node.dataset.values = JSON.stringify(values);
  else delete node.dataset.values;
  node.textContent = t(key, values);
}

/** Shows every text under `root` in the present language. */
export function translate(root) {
  const values = (node) => (node.dataset.values ? JSON.parse(node.dataset.values) : undefined);
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text, values(node));
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label, values(node)));
  for (const node of root.querySelectorAll("[data-placeholder]")) node.placeholder = t(node.dataset.placeholder);
}

/** The address when it is http or https and nothing else, else null. */
export function webAddress(address) {
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url : null;
  } catch {
    return null;
  }
}

/** A link that opens beside this page, or plain text when the address is none. */
export function outwardLink(address, text) {
  const url = webAddress(address);
  if (!url) return el("span", { text: text ?? address });
  return el(
    "a",
    { href: url.href, target: "_blank", rel: "noopener noreferrer", class: "out" },
    text ?? address,
    el("span", { class: "unseen", key: "new_tab" }),
  );
}

/** Kewen's own page of a record: a path on this server. */
export function ownLink(path, key) {
  if (!/^\/(resources|policies)\//.test(path ?? "")) return null;
  return el("a", { href: path, target: "_blank", rel: "noopener", key });
}

/** The language that a text is written in, for fonts and speech. */
export function languageOf(text) {
  return /[\u3400-\u9fff]/.test(text) ? "zh-CN" : "en";
}
