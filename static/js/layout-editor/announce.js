// Says in words what happened: the status line is read out, and nothing moves for it.

import { pick } from "../layout/document.js"
import { nameOfRegion } from "./items.js"

const AFTER_MS = 250 // a burst of nudges is told once

export function announce(desk) {
  const line = desk.find("[data-say]")
  let timer
  const say = words => {
    clearTimeout(timer)
    timer = setTimeout(() => { line.textContent = words }, AFTER_MS)
  }
  const undos = [
    desk.on("say", event => say(event.detail.words)),
    desk.on("moved", () => say(placesOf(desk))),
    desk.on("done", ({ detail }) => {
      const words = { undo: desk.words("undone"), redo: desk.words("redone") }[detail.command]
      say(words ?? placesOf(desk))
    }),
  ]
  return () => {
    clearTimeout(timer)
    undos.forEach(undo => undo())
  }
}

function placesOf(desk) {
  const chosen = pick(desk.layout, desk.selection)
  if (chosen.length > 3) return desk.words("chosen", { count: chosen.length })
  const { width, height } = desk.canvas
  return chosen.map(each => desk.words("place", {
    name: nameOfRegion(desk, each),
    x: Math.round(each.x * width), y: Math.round(each.y * height),
    w: Math.round(each.w * width), h: Math.round(each.h * height),
  })).join("; ")
}
