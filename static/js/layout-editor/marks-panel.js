// The list of watermarks, and the chosen one in fields.

import { addMark } from "../layout/watermarks.js"
import { placeMark } from "./mark-moves.js"
import { dropMark, nameOfMark, setMark } from "./marks.js"

const FRESH = {
  image: { kind: "image", x: 0.8, y: 0.05, w: 0.15, h: 0.15, image: "" },
  text: { kind: "text", x: 0.05, y: 0.85, w: 0.5, h: 0.1, size_px: 32 },
  time: { kind: "time", place: "top_right" },
}
const SIDES = { x: "width", w: "width", y: "height", h: "height" }
const NUMBERS = ["size_px", "offset_min"]

export function marksPanel(desk) {
  const root = desk.find("[data-marks-panel]")
  if (!root) return () => {}
  const part = name => root.querySelector(`[data-${name}]`)
  const fields = [...root.querySelectorAll("[data-mark-field]")]
  const template = document.getElementById("mark-row")

  const show = () => {
    if (desk.isDragging) return
    const found = desk.layout.watermarks ?? []
    list(desk, part("marks"), template, found)
    root.querySelectorAll("[data-add-mark]").forEach(each =>
      each.setAttribute("aria-disabled", String(found.length >= desk.family.most_watermarks)))
    const mark = desk.mark === null ? null : found[desk.mark]
    part("mark-fields").hidden = !mark
    if (!mark) return
    root.querySelectorAll("[data-of]").forEach(each => (each.hidden = !each.dataset.of.split(" ").includes(mark.kind)))
    fields.forEach(field => write(field, valueOf(desk, mark, field.dataset.markField)))
    findings(desk, part("mark-findings"))
  }
  const onClick = event => {
    const { dataset } = event.target.closest("button") ?? {}
    if (!dataset) return
    if (dataset.addMark) add(desk, dataset.addMark, fields)
    if (dataset.chooseMark) desk.chooseMark(Number(dataset.chooseMark))
    if (!dataset.removeMark) return
    dropMark(desk, Number(dataset.removeMark))
    ;(part("marks").querySelector("[aria-pressed=true]") ?? root.querySelector("[data-add-mark]")).focus()
  }
  const onChange = ({ target }) => {
    const name = target.dataset.markField
    if (!name || desk.mark === null) return
    change(desk, name, target)
    write(target, valueOf(desk, desk.layout.watermarks[desk.mark], name), true)
  }
  root.addEventListener("click", onClick)
  root.addEventListener("change", onChange)
  const undos = ["draft", "found"].map(name => desk.on(name, show))
  return () => undos.forEach(undo => undo())
}

function list(desk, group, template, found) {
  while (group.children.length > found.length) group.lastElementChild.remove()
  while (group.children.length < found.length) group.append(template.content.firstElementChild.cloneNode(true))
  found.forEach((mark, i) => {
    const name = nameOfMark(desk, mark)
    const [choose, remove] = group.children[i].querySelectorAll("button")
    choose.dataset.chooseMark = i
    choose.querySelector("span").textContent = name
    choose.setAttribute("aria-pressed", String(i === desk.mark))
    remove.dataset.removeMark = i
    remove.setAttribute("aria-label", desk.words("removeMark", { name }))
  })
}

function add(desk, kind, fields) {
  const count = desk.layout.watermarks?.length ?? 0
  if (count >= desk.family.most_watermarks) return
  const text = kind === "text" ? { text: desk.words("markWords") } : {}
  desk.act(layout => addMark(layout, { ...FRESH[kind], ...text }))
  desk.chooseMark(count)
  fields.find(each => !each.closest("[hidden]"))?.focus()
}

function valueOf({ canvas }, mark, name) {
  if (SIDES[name]) return Math.round(mark[name] * canvas[SIDES[name]] * 100) / 100
  if (name === "has_background") return mark.background !== null
  if (name === "background") return mark.background ?? "#000000"
  return mark[name] ?? ""
}

function change(desk, name, field) {
  const number = Number(field.value)
  if (SIDES[name]) {
    if (field.value && Number.isFinite(number)) {
      desk.act(layout => placeMark(layout, desk.mark, { [name]: number }, desk.canvas))
    }
  } else if (name === "has_background") setMark(desk, { background: field.checked ? "#000000" : null })
  else if (NUMBERS.includes(name)) setMark(desk, { [name]: number })
  else if (field.type === "color") setMark(desk, { [name]: field.value.toUpperCase() }, `mark-${name}`)
  else setMark(desk, { [name]: name === "image" ? field.value.trim() : field.value })
}

function write(field, value, always = false) {
  if (field.type === "checkbox") field.checked = value
  else if (always || field !== document.activeElement) field.value = field.type === "color" ? value.toLowerCase() : value
}

function findings(desk, group) {
  const here = `watermarks.${desk.mark}.`
  const found = desk.findings.filter(each => each.where?.startsWith(here))
  group.replaceChildren(...found.map(({ words, severity }) => {
    const item = document.createElement("li")
    item.dataset.severity = severity
    item.textContent = words
    return item
  }))
}
