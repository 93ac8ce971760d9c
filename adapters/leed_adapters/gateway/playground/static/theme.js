// Light or dark: as the system has it, or as was chosen here.

const KEPT = "leed-theme";

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // a browser may forbid it
  }
}

export function startTheme(field) {
  const show = (theme) => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  const chosen = ["light", "dark"].includes(kept()) ? kept() : "auto";
  show(chosen);
  for (const radio of field.querySelectorAll("input")) {
    radio.checked = radio.value === chosen;
    radio.addEventListener("change", () => {
      show(radio.value);
      try {
        localStorage.setItem(KEPT, radio.value);
      } catch {
        // then it holds for this visit
      }
    });
  }
}
