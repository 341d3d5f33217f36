// Publishes the version that the page shows, and no other; whatever stands in the way is said on the page.
const button = document.getElementById("publish");
const told = document.getElementById("answer");

const seal = () => ({ "X-Seal": document.querySelector("meta[name=seal]")?.content ?? "" });

function say(text) {
  told.textContent = text;
  told.hidden = false;
}

async function sentence(answer) {
  if (answer === null) return button.dataset.failed;
  if (answer.status === 412) return button.dataset.moved;
  const problem = await answer.json().catch(() => null);
  return problem?.detail ?? button.dataset.failed;
}

button?.addEventListener("click", async () => {
  button.disabled = true;
  const answer = await fetch(`/v1/rosters/${button.dataset.roster}/publish`, {
    method: "POST",
    headers: { ...seal(), "Content-Type": "application/json", "If-Match": `"${button.dataset.version}"` },
    body: "{}",
  }).catch(() => null);
  if (answer?.ok) {
    location.assign(`/rosters/${button.dataset.roster}`);
    return;
  }
  button.disabled = false;
  say(await sentence(answer));
});
