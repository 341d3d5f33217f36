// Shows what others changed: asks for the pulse every few seconds while somebody looks, and takes over the parts that differ.
const teller = document.querySelector("[data-live]");
const EVERY = 4000;

const isBusy = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");

async function renew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("main [id^='part-'], main section[id]")) {
    const other = fresh.getElementById(part.id);
    if (other && !isBusy(part) && other.innerHTML !== part.innerHTML) part.replaceChildren(...other.childNodes);
  }
  teller.hidden = false;
  teller.textContent = teller.dataset.changed;
}

async function look() {
  if (document.hidden) return;
  const answer = await fetch(teller.dataset.live).catch(() => null);
  if (!answer?.ok) return;
  const { pulse } = await answer.json();
  if (pulse === teller.dataset.pulse) return;
  teller.dataset.pulse = pulse;
  await renew();
}

if (teller?.dataset.live) {
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
