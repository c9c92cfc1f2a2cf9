// Presets, each drawn for as many people as the slider says, and the way from one to regions.

import { MOST_PEOPLE } from "../layout/families.js"
import { usePreset, withRegions } from "../layout/document.js"
import { settled } from "../layout/geometry.js"
import { all } from "../layout/selection.js"
import { colorsOf, thumbnail } from "./thumbnail.js"

export function presets(desk) {
  const root = desk.find("[data-whole]")
  const slider = root.querySelector("[data-count]")
  const words = root.querySelector("[data-count-words]")
  const cards = [...root.querySelectorAll("[data-preset]")]
  const toRegions = root.querySelector("[data-to-regions]")

  const show = () => {
    if (desk.isDragging) return
    const count = desk.options.count ?? Math.max(desk.uids.length, 1)
    slider.value = count
    words.textContent = desk.counted("people", count)
    cards.forEach(card => draw(desk, card, count))
    toRegions.hidden = desk.isCustom
  }
  const onClick = event => {
    const preset = event.target.closest("[data-preset]")?.dataset.preset
    if (preset) desk.act(layout => usePreset(layout, preset))
    if (!event.target.closest("[data-to-regions]")) return
    desk.act(layout => editable(desk, layout))
    desk.emit("tab", { name: "region", focus: true })
  }
  slider.addEventListener("input", () => desk.setOptions({ count: slider.valueAsNumber }))
  root.addEventListener("click", onClick)
  const undos = ["draft", "people", "options"].map(name => desk.on(name, show))
  return () => undos.forEach(undo => undo())
}

function draw(desk, card, count) {
  const { preset } = card.dataset
  const shown = Math.min(count, MOST_PEOPLE[preset])
  const { background } = desk.layout
  const placements = desk.placements({ ...desk.layout, preset, regions: [] }, shown)
  thumbnail(card.querySelector("svg"), placements, { canvas: desk.canvas, background, colors: colorsOf(desk) })
  card.setAttribute("aria-pressed", String(desk.layout.preset === preset))
  card.setAttribute("aria-label", desk.counted("useFor", shown, { preset: desk.sentence("presets", preset) }))
}

/** The picture of the preset as regions; where nobody stands yet, the next to join will. */
function editable(desk, layout) {
  const regions = desk.placements(layout).map(({ rect, uid, opacity, fit, stream }) =>
    ({ ...settled(rect), uid: uid?.trim() || null, opacity, fit, stream }))
  const made = withRegions(layout, regions)
  return { layout: made, ids: all(made).slice(-1) }
}
