// Each call of the API can be tried: its form is sent as the call, and what comes back is shown.

for (const form of document.querySelectorAll("form.try")) {
  const shown = form.querySelector("output");
  const body = form.querySelector("textarea");
  form.querySelector(".send").hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let path = form.dataset.path;
    const query = new URLSearchParams();
    for (const field of form.querySelectorAll("[data-in]")) {
      if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
      else if (field.value) query.append(field.name, field.value);
    }
    const address = path + (query.size ? `?${query}` : "");
    shown.hidden = false;
    shown.tabIndex = 0;
    shown.textContent = `${form.dataset.method} ${address} …`;
    try {
      const response = await fetch(address, {
        method: form.dataset.method,
        headers: body ? { "Content-Type": "application/json" } : {},
        body: body?.value,
      });
      let text = await response.text();
      try {
        text = JSON.stringify(JSON.parse(text), null, 2);
      } catch {
        // not JSON: as it came
      }
      shown.textContent = `${form.dataset.method} ${address}\n${response.status}\n\n${text}`;
    } catch {
      shown.textContent = form.dataset.failed;
    }
  });
}
