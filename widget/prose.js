// The text of an answer: paragraphs, lists, numbers that open their source, and links it cites.

/** The blocks of `text`; `citations` become buttons, `known` addresses become links, all else is text. */
export function blocks(ui, text, citations, known, reader) {
  const made = [];
  let list = null;
  for (const line of text.split("\n")) {
    const item = /^\s*(?:([-•*])|(\d{1,3})[.、．])\s+(.*)$/.exec(line) ?? /^\s*(?:(•)|(\d{1,3})[、．])(.*)$/.exec(line);
    if (!line.trim()) {
      list = null;
    } else if (item) {
      const tag = item[2] ? "ol" : "ul";
      if (list?.localName !== tag) made.push((list = ui.el(tag, item[2] ? { start: item[2] } : {})));
      list.append(ui.el("li", item[2] ? { value: item[2] } : {}, ...inline(ui, item[3], citations, known, reader)));
    } else {
      list = null;
      made.push(ui.el("p", {}, ...inline(ui, line, citations, known, reader)));
    }
  }
  return made;
}

function inline(ui, text, citations, known, reader) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(/\[(\d{1,3})\]|https?:\/\/[^\s\[\]（）【】《》“”，。；、<>"]+/g)) {
    const citation = match[1] ? citations.find((one) => one.number === Number(match[1])) : null;
    const address = match[1] ? null : cited(match[0], known);
    if (!citation && !address) continue;
    const before = text.slice(from, match.index);
    if (citation) {
      // The number stays with the end of what it supports, never alone on a line.
      const end = /(?:[!-~]{1,24}|\S{1,2})?\s?$/u.exec(before);
      parts.push(before.slice(0, end.index),
        ui.el("span", { class: "keep" }, end[0], marker(ui, citation, citations, reader)));
    } else {
      parts.push(before, ui.outwardLink(address));
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

function marker(ui, citation, citations, reader) {
  const button = ui.el("button", {
    type: "button",
    class: "cite",
    text: String(citation.number),
    "aria-haspopup": "dialog",
    onclick: () => reader.open(citation, citations, button),
  });
  ui.name(button, "cite", { n: citation.number, title: citation.title });
  return button;
}
