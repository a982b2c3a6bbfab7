// Comforts only: every page works without this file.
document.documentElement.classList.add("js");

for (const stepper of document.querySelectorAll("[data-stepper]")) {
  const input = stepper.querySelector("input");
  for (const button of stepper.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.dataset.step > 0) input.stepUp(); else input.stepDown();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

for (const form of document.querySelectorAll("[data-autosubmit]")) {
  let timer;
  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => form.requestSubmit(), 350);
  });
}

for (const form of document.querySelectorAll("[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}

for (const part of document.querySelectorAll("[data-summary]")) {
  part.querySelector("select").addEventListener("change", async (event) => {
    const answer = await fetch(`${part.dataset.summary}?country=${encodeURIComponent(event.target.value)}`);
    if (answer.ok) document.getElementById("summary").outerHTML = await answer.text();
  });
}

for (const form of document.querySelectorAll("[data-suggest]")) {
  const input = form.querySelector("input");
  const list = document.createElement("div");
  list.className = "find__list";
  form.append(list);
  let timer, asked = "";
  const close = () => list.replaceChildren();
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const query = asked = input.value.trim();
      if (!query) return close();
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(query)}`);
      if (answer.ok && query === asked) list.innerHTML = await answer.text();
    }, 150);
  });
  form.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") { close(); input.focus(); }
    if (links.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (links[next] ?? input).focus();
    }
  });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
}
