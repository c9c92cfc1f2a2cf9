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
    part("errors").textContent = counted(desk, "errors", errors.length)
    part("apply")?.setAttribute("aria-disabled", String(!desk.isDirty || !desk.live && desk.data.recordingId !== null))
    part("discard")?.setAttribute("aria-disabled", String(!desk.isDirty))
    const stale = desk.isDirty && desk.base !== desk.data.revision
    part("theirs").hidden = !stale
    part("theirs").querySelector("span").textContent =
      desk.words("theirs", { who: desk.data.by ?? desk.words("someone") })
  }
  const undos = ["draft", "found", "applied"].map(name => desk.on(name, show))
  return () => undos.forEach(undo => undo())
}

function headline(desk, count) {
  if (!desk.isDirty) return desk.words("same")
  return count ? counted(desk, "differs", count) : desk.words("unseen")
}

const counted = (desk, name, count) => desk.words(count === 1 ? `${name}1` : name, { count })

function lines(sentences, kind) {
  return sentences.map(words => {
    const item = document.createElement("li")
    item.dataset.kind = kind
    item.textContent = words
    return item
  })
}
