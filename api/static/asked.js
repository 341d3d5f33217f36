// Waits until a worker has answered, then shows the page with its answer. Without it the page has a link to look again.
const waiting = document.querySelector("[data-asks]");
const SLOW = 20;
let leaving = false;

async function look(times) {
  const answer = await fetch(waiting.dataset.asks).catch(() => null);
  if (leaving) return; // somebody has pressed a button: where that leads is not to be overtaken
  if (answer && answer.status !== 202) {
    location.reload();
    return;
  }
  const told = waiting.querySelector("[role=status]");
  if (times === SLOW) told.textContent = told.dataset.slow;
  setTimeout(look, times < SLOW ? 700 : 3000, times + 1);
}

if (waiting) {
  addEventListener("submit", () => (leaving = true));
  setTimeout(look, 500, 1);
}
