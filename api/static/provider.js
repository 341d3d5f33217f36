// Keeps the dispatcher's page up to date: asks for a pulse, and draws the list anew when it has changed. What was chosen
// and typed stays. Without it the page works the same, and shows what is new when it is loaded.
const EVERY = 5000;
const news = document.getElementById("news");
const live = () => document.getElementById("live");
const boxes = () => [...live().querySelectorAll("input[name=offer_id]")];

function say(text) {
  news.textContent = text;
  news.hidden = false;
}

function withAll() {
  const all = document.getElementById("all");
  if (!all) return;
  all.closest("label").hidden = false;
  all.checked = boxes().every((box) => box.checked);
}

function kept() {
  return {
    chosen: boxes().filter((box) => box.checked).map((box) => box.value),
    reason: document.getElementById("reason")?.value ?? "",
    focus: document.activeElement?.id,
    open: Boolean(live().querySelector("details[open]")),
  };
}

function give(back) {
  for (const box of boxes()) box.checked = back.chosen.includes(box.value);
  const reason = document.getElementById("reason");
  if (reason) reason.value = back.reason;
  if (back.open) live().querySelector("details")?.setAttribute("open", "");
  if (back.focus) document.getElementById(back.focus)?.focus();
  return boxes().filter((box) => box.checked).length < back.chosen.length;
}

async function draw() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
  if (!fresh) return;
  const before = kept();
  live().replaceWith(fresh);
  const lost = give(before);
  withAll();
  say(lost ? news.dataset.lost : news.dataset.changed);
}

async function look() {
  if (!document.hidden) {
    const answer = await fetch("/provider/pulse").catch(() => null);
    if (answer?.ok && !answer.redirected && (await answer.text()) !== live().dataset.pulse) await draw();
  }
  setTimeout(look, EVERY);
}

document.addEventListener("change", (event) => {
  if (event.target.id === "all") for (const box of boxes()) box.checked = event.target.checked;
  withAll();
});
withAll();
setTimeout(look, EVERY);
