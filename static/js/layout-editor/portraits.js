// Images of single people, shown whichever window they have while they send no picture.

import { setPortrait } from "../layout/document.js"

export function portraits(desk) {
  const root = desk.find("[data-portraits-panel]")
  if (!root) return () => {}
  const part = name => root.querySelector(`[data-${name}]`)
  const template = document.getElementById("portrait-row")

  const show = () => {
    if (desk.isDragging) return
    const found = desk.layout.portraits ?? []
    const group = part("portraits")
    while (group.children.length > found.length) group.lastElementChild.remove()
    while (group.children.length < found.length) group.append(template.content.firstElementChild.cloneNode(true))
    found.forEach((each, i) => write(desk, group.children[i], each))
    const { uids } = desk
    root.querySelector("datalist").replaceChildren(...uids.map(uid => new Option(uid, uid)))
  }
  const add = () => {
    const [uid, image] = [part("portrait-uid"), part("portrait-image")].map(field => field.value.trim())
    if (!uid || !image) return part(uid ? "portrait-image" : "portrait-uid").focus()
    desk.act(layout => setPortrait(layout, uid, portrait(uid, image)))
    part("portrait-uid").value = part("portrait-image").value = ""
    part("portrait-uid").focus()
  }
  const onClick = event => {
    if (event.target.closest("[data-add-portrait]")) add()
    const gone = event.target.closest("[data-remove-portrait]")?.closest("li").dataset.uid
    if (!gone) return
    desk.act(layout => setPortrait(layout, gone, null))
    part("portrait-uid").focus()
  }
  const onChange = ({ target }) => {
    const row = target.closest("li")
    if (!row) return
    const image = row.querySelector("[data-image]").value.trim()
    const fit = row.querySelector("[data-portrait-fit]").value
    desk.act(layout => setPortrait(layout, row.dataset.uid, image ? portrait(row.dataset.uid, image, fit) : null))
  }
  root.addEventListener("click", onClick)
  root.addEventListener("change", onChange)
  const undos = ["draft", "people"].map(name => desk.on(name, show))
  return () => undos.forEach(undo => undo())
}

const portrait = (uid, image, fit = "fill") => Object.freeze({ uid, image, fit })

function write(desk, row, { uid, image, fit = "fill" }) {
  const part = name => row.querySelector(`[data-${name}]`)
  row.dataset.uid = uid
  part("uid").textContent = uid
  part("remove-portrait").setAttribute("aria-label", desk.words("removeMark", { name: desk.words("imageOf", { uid }) }))
  part("image").setAttribute("aria-label", desk.words("imageOf", { uid }))
  part("portrait-fit").setAttribute("aria-label", desk.words("fitOf", { uid }))
  if (part("image") !== document.activeElement) part("image").value = image
  part("portrait-fit").value = fit
}
