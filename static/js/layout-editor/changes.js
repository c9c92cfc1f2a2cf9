// What Apply would change, in words, and how much there is to correct before.

export function changes(desk) {
  const part = name => desk.find(`[data-${name}]`)
  const show = () => {
    if (desk.isDragging) return
    const found = desk.changes()
    const errors = desk.findings.filter(each => each.severity === "error")
    desk.root.toggleAttribute("data-dirty", desk.isDirty)
    part("changes-count").textContent = headline(desk, found.length)
    part("changes").replaceChildren(
      ...lines(errors.map(each => each.words), "error"),
      ...lines(found.map(each => desk.sentence("diff", each.sentence, each.values)), "change"),
    )
    part("errors").hidden = !errors.length
    part("errors").textContent = desk.counted("errors", errors.length)
    part("apply")?.setAttribute("aria-disabled", String(!canApply(desk)))
    part("discard")?.setAttribute("aria-disabled", String(!desk.isDirty))
    const stale = desk.isDirty && desk.base !== desk.data.revision
    part("theirs").hidden = !stale
    part("theirs").querySelector("span").textContent =
      desk.words("theirs", { who: desk.data.by ?? desk.words("someone") })
  }
  const undos = ["draft", "found", "applied"].map(name => desk.on(name, show))
  return () => undos.forEach(undo => undo())
}

/** Also what is applied already, where the last answer was lost. */
function canApply(desk) {
  return (desk.isDirty || desk.data.unsure) && !hasEnded(desk)
}

const hasEnded = desk => desk.data.recordingId !== null && !desk.live

function headline(desk, count) {
  if (desk.mayEdit && hasEnded(desk)) return desk.words("ended")
  if (!desk.isDirty) return desk.words("same")
  return count ? desk.counted("differs", count) : desk.words("unseen")
}

function lines(sentences, kind) {
  return sentences.map(words => {
    const item = document.createElement("li")
    item.dataset.kind = kind
    item.textContent = words
    return item
  })
}
