// Runs before the first paint, as a file because the content policy allows no inline script.
(() => {
  try {
    const chosen = JSON.parse(localStorage.getItem("throughline.theme") ?? '"system"');
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be closed to us; the system's own choice then holds.
  }
})();
