// What the rules say of the draft, and what the server refused in it, each at its region.

import { review } from "../layout/rules.js"

export function findings(desk) {
  const show = event => {
    if (event.detail.live) return
    desk.findings = [
      ...review(desk.layout, desk.family, desk.canvas).map(each => ({
        id: desk.layout.regions[each.region]?.id ?? null,
        where: each.where,
        severity: each.severity,
        words: desk.sentence("rules", each.code, each.values),
      })),
      ...desk.refused,
    ]
    desk.emit("found")
  }
  return desk.on("draft", show)
}
