// Narrows the catalogue to what is typed, and prints the slip. Without it everything can still be chosen and printed.
for (const box of document.querySelectorAll("[data-filters]")) {
  const list = document.getElementById(box.dataset.filters);
  box.addEventListener("input", () => {
    const typed = box.value.trim().toLowerCase();
    for (const one of list.options) one.hidden = !one.dataset.words.includes(typed);
    for (const shelf of list.querySelectorAll("optgroup")) shelf.hidden = [...shelf.children].every((one) => one.hidden);
    const left = [...list.options].filter((one) => !one.hidden);
    if (left.length === 1) left[0].selected = true;
  });
}

const press = document.getElementById("print");
if (press) {
  press.hidden = false;
  press.addEventListener("click", () => print());
}
