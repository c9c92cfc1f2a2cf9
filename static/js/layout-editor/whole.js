// What concerns the layout as a whole: its ground, and who gets the large window of a preset.

import { setBackground, setFocus, setWhole } from "../layout/document.js"
import { FOCUSED } from "../layout/families.js"
import { chips } from "./people-of.js"

const COLOUR = /^#[0-9a-f]{6}$/i

export function whole(desk) {
  const root = desk.find("[data-whole]")
  const part = name => root.querySelector(`[data-${name}]`)
  const fields = {
    color: part("background"), text: part("background-text"), image: part("background-image"),
    uid: part("focus-uid"), placeholder: part("whole-placeholder"),
  }
  const facts = [...root.querySelectorAll("[data-fact]")]
  const show = () => {
    if (desk.isDragging) return
    const { layout } = desk
    write(fields.color, COLOUR.test(layout.background) ? layout.background.toLowerCase() : "#000000")
    write(fields.text, layout.background)
    write(fields.image, layout.background_image ?? "")
    write(fields.uid, layout.focus_uid ?? "")
    write(fields.placeholder, layout.placeholder ?? "")
    facts.forEach(field => writeFact(field, layout))
    root.querySelectorAll("[data-of-presets]").forEach(each => (each.hidden = layout.preset === "custom"))
    part("focus").hidden = !FOCUSED.includes(layout.preset)
    chips(part("focus-pick"), desk.people.map(({ uid }) =>
      ({ uid, words: uid, pressed: uid === layout.focus_uid })))
    pressed(root, "focusStream", layout.focus_stream)
    pressed(root, "focusSide", layout.focus_side)
    if (part("side")) part("side").hidden = layout.preset !== "screen_share"
  }
  const focus = (uid, more = {}) => desk.act(layout =>
    setFocus(layout, uid, { stream: layout.focus_stream, ...more }))
  const onClick = event => {
    const { dataset } = event.target.closest("button") ?? {}
    if (!dataset) return
    const { uid, focusStream, focusSide } = dataset
    if (uid) focus(uid === desk.layout.focus_uid ? null : uid)
    if (focusStream) focus(desk.layout.focus_uid, { stream: focusStream })
    if (focusSide) focus(desk.layout.focus_uid, { side: focusSide })
  }
  fields.color.addEventListener("input", () =>
    desk.act(layout => setBackground(layout, fields.color.value.toUpperCase()), "background"))
  fields.text.addEventListener("change", () =>
    desk.act(layout => setBackground(layout, fields.text.value.trim())))
  fields.image.addEventListener("change", () =>
    desk.act(layout => setBackground(layout, layout.background, fields.image.value.trim())))
  fields.placeholder.addEventListener("change", () =>
    desk.act(layout => setWhole(layout, { placeholder: fields.placeholder.value.trim() || null })))
  facts.forEach(field => field.addEventListener("change", () =>
    desk.act(layout => setWhole(layout, readFact(field)))))
  fields.uid.addEventListener("change", () => focus(fields.uid.value.trim() || null))
  root.addEventListener("click", onClick)
  const undos = ["draft", "people"].map(name => desk.on(name, show))
  return () => undos.forEach(undo => undo())
}

function write(field, value) {
  if (field !== document.activeElement) field.value = value
}

function writeFact(field, layout) {
  const value = layout[field.dataset.fact]
  if (field.type === "checkbox") field.checked = value
  else field.value = value ?? ""
}

function readFact(field) {
  return { [field.dataset.fact]: field.type === "checkbox" ? field.checked : field.value || null }
}

function pressed(root, name, value) {
  const attribute = name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  root.querySelectorAll(`[data-${attribute}]`).forEach(each =>
    each.setAttribute("aria-pressed", String(each.dataset[name] === value)))
}
