// Regions as a list, the front-most on top: everything the canvas does, without a pointer on it.

import * as layouts from "../layout/document.js"
import { run } from "./commands.js"
import { nameOfRegion } from "./items.js"
import { paint } from "./people-of.js"

export function order(desk) {
  const list = desk.find("[data-order]")
  const empty = desk.find("[data-order-empty]")
  const template = document.getElementById("order-row")
  const rows = new Map()

  const show = () => {
    if (desk.isDragging) return
    desk.root.toggleAttribute("data-custom", desk.isCustom)
    empty.hidden = desk.isCustom
    empty.textContent = desk.words("windows", { preset: desk.sentence("presets", desk.layout.preset) })
    const regions = desk.isCustom ? [...desk.layout.regions].reverse() : []
    sync(rows, regions, list, () => template.content.firstElementChild.cloneNode(true))
    regions.forEach(region => fill(desk, rows.get(region.id), region))
  }
  const onClick = event => {
    const id = event.target.closest("[data-row]")?.dataset.row
    const region = id && desk.region(id)
    const { dataset } = event.target.closest("button, input") ?? {}
    if (!region || !dataset) return
    if ("name" in dataset) {
      desk.select(event.shiftKey ? flipped(desk.selection, id) : [id])
      desk.emit("picked")
    }
    if ("choose" in dataset) desk.select(flipped(desk.selection, id))
    if ("hide" in dataset) desk.act(layout => layouts.setHidden(layout, [id], !region.hidden))
    if ("lock" in dataset) desk.act(layout => layouts.setLocked(layout, [id], !region.locked))
  }
  const onKey = event => {
    const id = event.target.closest("[data-row]")?.dataset.row
    const steps = { ArrowUp: "forward", ArrowDown: "backward" }
    if (!id) return
    if (event.key === "Delete") remove(desk, list, id)
    else if (event.altKey && steps[event.key]) {
      desk.act(layout => layouts.reorder(layout, [id], steps[event.key]))
      event.target.focus()
    } else return
    event.preventDefault()
  }
  list.addEventListener("click", onClick)
  list.addEventListener("keydown", onKey)
  const undos = ["draft", "people", "found"].map(name => desk.on(name, show))
  return () => undos.forEach(undo => undo())
}

function remove(desk, list, id) {
  desk.select([id])
  run(desk, "remove")
  list.querySelector("[data-name]")?.focus()
}

const flipped = (selection, id) =>
  selection.includes(id) ? selection.filter(each => each !== id) : [...selection, id]

/** One row a region, in their order; a row that stays keeps its focus. */
function sync(rows, regions, list, create) {
  const wanted = new Set(regions.map(each => each.id))
  for (const [id, row] of rows) {
    if (wanted.has(id)) continue
    row.remove()
    rows.delete(id)
  }
  regions.forEach(({ id }, i) => {
    if (!rows.has(id)) {
      rows.set(id, create())
      rows.get(id).dataset.row = id
    }
    const row = rows.get(id)
    if (list.children[i] === row) return
    const focused = row.contains(document.activeElement) ? document.activeElement : null
    list.insertBefore(row, list.children[i] ?? null)
    focused?.focus()
  })
}

function fill(desk, row, region) {
  const part = name => row.querySelector(`[data-${name}]`)
  const name = nameOfRegion(desk, region)
  const isChosen = desk.selection.includes(region.id)
  part("choose").checked = isChosen
  part("choose").setAttribute("aria-label", desk.words("choose", { name }))
  row.toggleAttribute("data-chosen", isChosen)
  part("name").setAttribute("aria-pressed", String(isChosen))
  part("name").querySelector("span").textContent = name
  paint(part("name"), desk.people.find(each => each.uid === region.uid)?.color)
  pressed(part("hide"), region.hidden, desk.words("hide", { name }))
  pressed(part("lock"), region.locked, desk.words("lock", { name }))
  const found = desk.findings.find(each => each.id === region.id && each.severity !== "note")
  part("finding").hidden = !found
  part("finding").querySelector("span").textContent = found?.words ?? ""
}

function pressed(button, on, label) {
  button.setAttribute("aria-pressed", String(on))
  button.setAttribute("aria-label", label)
  button.title = label
}
