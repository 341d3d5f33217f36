// Waits until a worker has answered, then shows the page with its answer. Without it the page has a link to look again.
const waiting = document.querySelector("[data-asks]");
const SLOW = 20;
const leaving = new AbortController();

async function look(times) {
  if (leaving.signal.aborted) return;
  const answer = await fetch(waiting.dataset.asks, { signal: leaving.signal }).catch(() => null);
  if (leaving.signal.aborted) return; // somebody has pressed a button: where that leads is not to be overtaken
  if (answer && answer.status !== 202) {
    location.reload();
    return;
  }
  const told = waiting.querySelector("[role=status]");
  if (times === SLOW) told.textContent = told.dataset.slow;
  setTimeout(look, times < SLOW ? 700 : 3000, times + 1);
}

if (waiting) {
  addEventListener("submit", () => leaving.abort());
  setTimeout(look, 500, 1);
}
