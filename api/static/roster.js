// Starts a run, shows how it goes, stops it. Everything it shows is stored; without it the page still tells the roster.
const panel = document.querySelector(".run");
const [start, stop, progress, bar, told] = ["start", "stop", "progress", "bar", "told"].map((id) => document.getElementById(id));
let shown = Number(bar?.value ?? 0);

const seal = () => ({ "X-Seal": document.querySelector("meta[name=seal]")?.content ?? "" });
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "…");

function show(running) {
  start.hidden = running;
  stop.hidden = progress.hidden = !running;
  stop.disabled = false;
}

function stage(seen) {
  if (shown >= 1) return "finishing";
  if (seen.assigned !== undefined) return "running";
  return typeof seen.objective === "number" ? "searching" : "waiting";
}

function watch(run) {
  panel.dataset.run = run;
  show(true);
  const source = new EventSource(`/v1/runs/${run}/events`);
  source.addEventListener("progress", (event) => {
    const seen = JSON.parse(event.data);
    shown = Math.max(shown, seen.done ?? seen.progress ?? 0);
    bar.value = shown;
    const values = { ...seen, points: seen.objective?.toLocaleString("en") };
    told.textContent = fill(told.dataset[stage(seen)], values);
  });
  source.addEventListener("end", () => {
    source.close();
    location.reload();
  });
}

async function begin() {
  start.disabled = true;
  const answer = await fetch(`/v1/rosters/${panel.dataset.roster}/runs`, {
    method: "POST",
    headers: { ...seal(), "Idempotency-Key": crypto.randomUUID?.() ?? String(Date.now()) },
  }).catch(() => null);
  start.disabled = false;
  if (answer?.status === 202) {
    shown = 0;
    watch((await answer.json()).id);
  } else if (answer?.status === 409) {
    location.reload();
  } else {
    progress.hidden = false;
    told.textContent = told.dataset.failed;
  }
}

if (panel) {
  start.addEventListener("click", begin);
  stop.addEventListener("click", async () => {
    stop.disabled = true;
    await fetch(`/v1/runs/${panel.dataset.run}`, { method: "DELETE", headers: seal() });
  });
  if (panel.dataset.run) watch(panel.dataset.run);
}

document.querySelector("[data-submits]")?.addEventListener("change", (event) => event.target.form.submit());
