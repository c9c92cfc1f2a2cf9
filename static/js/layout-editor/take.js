// Layouts that stand beside the canvas come into the draft: scenes, the library, the history.

export function take(desk) {
  const onClick = event => {
    const button = event.target.closest("[data-take]")
    const source = button?.closest("[data-document]")
    if (!source) return
    desk.take(JSON.parse(source.dataset.document))
    desk.say("taken", { name: source.dataset.name })
    button.closest("details[open]")?.removeAttribute("open")
  }
  desk.root.addEventListener("click", onClick)
  return () => desk.root.removeEventListener("click", onClick)
}
