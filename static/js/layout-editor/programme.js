// The picture that is recorded now, or a drawing of what is applied where there is none.

import { colorsOf, thumbnail } from "./thumbnail.js"

export function programme(desk) {
  const figure = desk.find("[data-programme]")
  const drawing = figure.querySelector("[data-programme-drawing]")
  const [ground, group] = drawing.children
  let shown = null

  const show = () => {
    ground.setAttribute("fill", desk.applied.background)
    thumbnail(group, desk.placements(desk.applied, null),
      { canvas: desk.canvas, background: desk.applied.background, colors: colorsOf(desk) })
    picture()
  }
  const picture = () => {
    const address = desk.data.preview
    if (address === shown) return
    shown = address
    if (!address) return figure.querySelector("img")?.remove()
    const next = new Image(desk.canvas.width, desk.canvas.height)
    next.className = "programme-picture"
    next.alt = drawing.getAttribute("aria-label")
    next.addEventListener("load", () => {
      if (shown !== address) return
      figure.querySelector("img")?.remove()
      figure.prepend(next)
    })
    next.src = address
  }
  const undos = ["applied", "people"].map(name => desk.on(name, show))
  return () => undos.forEach(undo => undo())
}
