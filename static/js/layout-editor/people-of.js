// People as one meets them beside the canvas: a dot in their colour and their uid.

/** Gives a dot somebody's colour. */
export function paint(dot, color) {
  const circle = dot.querySelector("circle")
  if (color) circle.setAttribute("fill", color)
  else circle.removeAttribute("fill")
}

/** One button for each choice, kept while its uid stays. choices: [{uid, words, pressed, label}] */
export function chips(group, choices) {
  while (group.children.length > choices.length) group.lastElementChild.remove()
  while (group.children.length < choices.length) {
    const chip = document.createElement("button")
    chip.type = "button"
    chip.className = "chip"
    group.append(chip)
  }
  choices.forEach(({ uid, words, pressed, label }, i) => {
    const chip = group.children[i]
    chip.dataset.uid = uid ?? ""
    chip.textContent = words
    chip.setAttribute("aria-pressed", String(pressed))
    if (label) chip.setAttribute("aria-label", label)
    else chip.removeAttribute("aria-label")
  })
}
