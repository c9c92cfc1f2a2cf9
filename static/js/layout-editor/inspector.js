// The chosen regions in numbers: pixels and fractions, opacity, fit, hidden, locked.

import * as layouts from "../layout/document.js"
import { bounds, rounded } from "../layout/geometry.js"
import { onFrame } from "./frame.js"
import { nameOfRegion } from "./items.js"

const SIDES = { x: "width", y: "height", w: "width", h: "height" }
const LEAST_PX = 2

export function inspector(desk) {
  const root = desk.find("[data-inspector]")
  const part = name => root.querySelector(`[data-${name}]`)
  const all = name => [...root.querySelectorAll(`[data-${name}]`)]
  const chosen = () => layouts.pick(desk.layout, desk.selection)
  let typed = null // the field that somebody is in the middle of: it is left alone
  const write = (field, value) => {
    if (field !== typed && field.value !== String(value)) field.value = value
  }

  const show = onFrame(() => {
    const regions = desk.isOpen ? chosen() : []
    part("nothing").hidden = regions.length > 0
    part("chosen").hidden = !regions.length
    if (!regions.length) return
    part("title").textContent = title(desk, regions)
    numbers(all("field"), all("fraction"), boxOf(regions), desk, write)
    const first = regions.at(-1)
    write(part("opacity"), Math.round(first.opacity * 100))
    part("opacity-words").textContent = desk.words("percent", { count: Math.round(first.opacity * 100) })
    all("fit").forEach(each => press(each, regions.every(region => region.fit === each.dataset.fit)))
    all("toggle").forEach(each => press(each, regions.every(region => region[each.dataset.toggle])))
    if (part("placeholder")) write(part("placeholder"), first.placeholder ?? "")
    sentences(part("findings"), desk)
  })

  const onChange = ({ target }) => {
    const { field, fraction } = target.dataset
    typed = null
    if (field || fraction) {
      setNumber(desk, field ?? fraction, target, Boolean(field))
      show.now()
    }
    if ("placeholder" in target.dataset) {
      desk.act(layout => layouts.setPlaceholder(layout, desk.selection, target.value.trim()))
    }
  }
  const onInput = ({ target }) => {
    if (!("opacity" in target.dataset)) return void (typed = target)
    desk.act(layout => layouts.setOpacity(layout, desk.selection, target.value / 100), "opacity")
  }
  const onClick = ({ target }) => {
    const button = target.closest("button")
    if (button?.dataset.fit) {
      desk.act(layout => layouts.setFit(layout, desk.selection, button.dataset.fit))
    }
    if (button?.dataset.toggle) toggle(desk, button)
  }
  const onLeave = () => {
    typed = null
    show()
  }
  root.addEventListener("change", onChange)
  root.addEventListener("focusout", onLeave)
  root.addEventListener("input", onInput)
  root.addEventListener("click", onClick)
  const undos = ["draft", "found"].map(name => desk.on(name, () => show()))
  return () => {
    show.cancel()
    undos.forEach(undo => undo())
  }
}

function title(desk, regions) {
  if (regions.length > 1) return desk.words("chosen", { count: regions.length })
  return nameOfRegion(desk, regions[0])
}

function boxOf(regions) {
  const { left, top, right, bottom } = bounds(regions)
  return { x: left, y: top, w: rounded(right - left), h: rounded(bottom - top) }
}

function numbers(pixels, fractions, box, desk, write) {
  pixels.forEach(each => {
    const { field } = each.dataset
    write(each, Math.round(box[field] * desk.canvas[SIDES[field]] * 100) / 100)
  })
  fractions.forEach(each => write(each, box[each.dataset.fraction]))
}

function press(button, pressed) {
  button.setAttribute("aria-pressed", String(pressed))
}

function sentences(list, desk) {
  const found = desk.findings.filter(each => desk.selection.includes(each.id))
  list.replaceChildren(...found.map(({ words, severity }) => {
    const item = document.createElement("li")
    item.dataset.severity = severity
    item.textContent = words
    return item
  }))
}

function toggle(desk, button) {
  const set = { hidden: layouts.setHidden, locked: layouts.setLocked }[button.dataset.toggle]
  const on = button.getAttribute("aria-pressed") !== "true"
  desk.act(layout => set(layout, desk.selection, on))
}

/** One number of the common frame of what is chosen; one region alone goes to the very number. */
function setNumber(desk, name, field, isPixels) {
  const typed = field.valueAsNumber
  if (!Number.isFinite(typed)) return
  const { canvas, selection } = desk
  const px = isPixels ? typed : typed * canvas[SIDES[name]]
  const keepAspect = desk.options.aspect && (name === "w" || name === "h")
  if (desk.single && !keepAspect) {
    const at = isPixels ? null : rounded(typed)
    return desk.act(layout => at === null
      ? layouts.placePixels(layout, desk.single.id, { [name]: px }, canvas)
      : layouts.place(layout, desk.single.id, { [name]: at }))
  }
  const box = boxOf(layouts.pick(desk.layout, selection))
  const by = px - box[name] * canvas[SIDES[name]]
  const [dx, dy] = SIDES[name] === "width" ? [by, 0] : [0, by]
  desk.act(layout => name === "x" || name === "y"
    ? layouts.move(layout, selection, dx, dy, canvas)
    : layouts.resize(layout, selection, "se", dx, dy, canvas, { keepAspect, smallest: LEAST_PX }))
}
