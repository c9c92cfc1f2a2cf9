// The theme changes at once; the form tells the server.

export function mount(form) {
  const apply = event => {
    const chosen = event.submitter?.value
    if (!chosen) return
    document.documentElement.dataset.theme = chosen
    for (const button of document.querySelectorAll("button[name=theme]")) {
      button.setAttribute("aria-pressed", String(button.value === chosen))
    }
    form.closest("details")?.removeAttribute("open")
  }
  form.addEventListener("submit", apply)
  return () => form.removeEventListener("submit", apply)
}
