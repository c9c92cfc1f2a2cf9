// Buttons that do what commands.js names, and bars of them: one stop for Tab, arrows inside.

import { COMMANDS, isPossible, run } from "./commands.js"

export function toolbar(desk) {
  const buttons = desk.all("[data-command]")
  const bars = desk.all("[role=toolbar]")

  const show = () => {
    if (desk.isDragging) return
    for (const button of buttons) {
      const { command } = button.dataset
      button.setAttribute("aria-disabled", String(!isPossible(desk, command)))
      const { is } = COMMANDS[command]
      if (is) button.setAttribute("aria-pressed", String(is(desk)))
    }
  }
  const onClick = event => {
    const command = event.target.closest("[data-command]")?.dataset.command
    if (command) run(desk, command)
  }
  desk.root.addEventListener("click", onClick)
  const undos = [...["draft", "options"].map(name => desk.on(name, show)), ...bars.map(roving)]
  return () => undos.forEach(undo => undo())
}

function roving(bar) {
  const shown = () => [...bar.querySelectorAll("button")].filter(each => each.offsetParent)
  const stop = button => bar.querySelectorAll("button").forEach(each => { each.tabIndex = each === button ? 0 : -1 })
  const onKey = event => {
    const all = shown()
    const at = all.indexOf(document.activeElement)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    all[(to + all.length) % all.length].focus()
  }
  const onFocus = event => stop(event.target.closest("button"))
  bar.addEventListener("keydown", onKey)
  bar.addEventListener("focusin", onFocus)
  stop(bar.querySelector("button"))
  return () => bar.removeEventListener("keydown", onKey)
}
