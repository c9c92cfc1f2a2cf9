// The channel form, with scripts: width and height only where the canvas is a custom one,
// and advice that fills itself in. Without scripts all fields are there and work.

export function mount(form) {
  const showSize = () => {
    const chosen = form.elements.size.value
    for (const part of form.querySelectorAll("[data-when-size]")) {
      part.hidden = part.dataset.whenSize !== chosen
    }
    if (chosen.includes("x")) [form.elements.width.value, form.elements.height.value] = chosen.split("x")
  }
  const offerAdvice = () => {
    for (const button of form.querySelectorAll("[data-fill]")) {
      button.hidden = form.elements[button.dataset.fill].value === button.dataset.value
    }
  }
  const onClick = event => {
    const button = event.target.closest("[data-fill]")
    if (!button) return
    const field = form.elements[button.dataset.fill]
    field.value = button.dataset.value
    field.focus()
    offerAdvice()
  }
  const onInput = () => {
    showSize()
    offerAdvice()
  }

  form.addEventListener("input", onInput)
  form.addEventListener("click", onClick)
  form.addEventListener("htmx:afterSwap", onInput)
  showSize()
  offerAdvice()
  form.querySelector("#form-problems")?.focus()

  return () => {
    form.removeEventListener("input", onInput)
    form.removeEventListener("click", onClick)
    form.removeEventListener("htmx:afterSwap", onInput)
  }
}
