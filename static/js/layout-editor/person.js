// Who is seen in the chosen region: the next to join, one of those who are here, or any uid.

import { setPerson } from "../layout/document.js"
import { chips } from "./people-of.js"

export function person(desk) {
  const field = desk.find("[data-person]")
  const group = desk.find("[data-pick]")
  const streams = desk.all("[data-stream]")
  const box = field.closest("[data-single]")

  const show = () => {
    const region = desk.isOpen ? desk.single : null
    box.hidden = !region
    if (!region || desk.isDragging) return
    if (field !== document.activeElement) field.value = region.uid ?? ""
    streams.forEach(each =>
      each.setAttribute("aria-pressed", String(each.dataset.stream === region.stream)))
    chips(group, choices(desk, region))
  }
  const give = (uid, stream) => {
    const { id } = desk.single
    desk.act(layout => setPerson(layout, id, uid, uid ? stream : "main"))
    field.value = uid ?? ""
  }
  const onChange = () => desk.single && give(field.value.trim() || null, desk.single.stream)
  const onClick = event => {
    const { dataset } = event.target.closest("button") ?? {}
    if (!desk.single || !dataset) return
    if ("uid" in dataset) give(dataset.uid || null, desk.single.stream)
    if (dataset.stream) give(desk.single.uid, dataset.stream)
  }
  field.addEventListener("change", onChange)
  box.addEventListener("click", onClick)
  const undos = ["draft", "people"].map(name => desk.on(name, show))
  return () => undos.forEach(undo => undo())
}

function choices(desk, region) {
  const taken = new Set(desk.layout.regions.filter(each => each !== region).map(each => each.uid))
  const open = { uid: null, words: desk.words("next"), pressed: !region.uid }
  return [open, ...desk.people.map(({ uid }) => ({
    uid, words: uid, pressed: uid === region.uid,
    label: taken.has(uid) ? desk.words("hasRegion", { uid }) : null,
  }))]
}
