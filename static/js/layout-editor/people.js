// Who is in the channel, and who of them has no region yet.

import { addRegion } from "./commands.js"
import { paint } from "./people-of.js"

export function people(desk) {
  const list = desk.find("[data-people]")
  const nobody = desk.find("[data-nobody]")
  const template = document.getElementById("order-person")

  const show = () => {
    if (desk.isDragging) return
    const seen = new Set(desk.placements().map(each => each.uid))
    const focused = document.activeElement?.closest("[data-place]")?.dataset.place
    nobody.hidden = desk.people.length > 0
    list.replaceChildren(...desk.people.map(each => line(template, each, seen.has(each.uid), desk.isCustom)))
    if (focused) (list.querySelector(`[data-place="${CSS.escape(focused)}"]:not([hidden])`) ?? list).focus()
  }
  const onClick = event => {
    const uid = event.target.closest("[data-place]")?.dataset.place
    if (!uid) return
    addRegion(desk, uid)
    desk.say("placed", { uid })
  }
  list.tabIndex = -1
  list.addEventListener("click", onClick)
  const undos = ["draft", "people"].map(name => desk.on(name, show))
  return () => undos.forEach(undo => undo())
}

function line(template, { uid, color }, isSeen, isCustom) {
  const row = template.content.firstElementChild.cloneNode(true)
  const part = name => row.querySelector(`[data-${name}]`)
  paint(row, color)
  part("uid").textContent = uid
  part("whom").textContent = ` ${uid}`
  part("place").dataset.place = uid
  part("place").hidden = isSeen || !isCustom
  part("there").hidden = !isSeen || !isCustom
  return row
}
