// What a layout must keep to, and what to look at before Apply. Twin of dashboard/layouts/rules.py,
// which judges; this one helps while the layout is drawn. Sentences come from the page, by code.

import { DECIMALS, rounded, toPixels } from "./geometry.js"
import { boxOf, hides, isClear, isCovered } from "./sight.js"
import { faults } from "./watermarks.js"

/**
 * @typedef {object} Finding
 * @property {string} code a key of SENTENCES in dashboard/layouts/rules.py
 * @property {string} where the field, as the JSON form names it: "background", "regions.2.w"
 * @property {"error" | "warning" | "note"} severity an error is refused, a warning should be
 *   looked at, a note is good to know at the region
 * @property {number | null} region index in layout.regions, null for the whole
 * @property {Record<string, string | number>} values what the sentence is filled with
 */

const SEVERITIES = { hidden: "warning", clear: "warning", covered: "warning", odd_pixels: "note" }
const COLOUR = /^#[0-9A-Fa-f]{6}$/
const NEARLY_WHOLE = 1e-6
const SIDES = ["x", "y", "w", "h"]

/**
 * Everything worth saying, in reading order.
 * @param {import("./document.js").Layout} layout
 * @param {import("./families.js").Family} family
 * @param {import("./geometry.js").Size | null} canvas
 * @returns {Finding[]}
 */
export function review(layout, family, canvas = null) {
  const found = []
  whole(found, layout, family, canvas)
  numberOfRegions(found, layout, family.most_regions)
  const sane = layout.regions.map(isSane)
  const covers = layout.regions.map((region, i) =>
    sane[i] && hides(region) ? boxOf(region, canvas) : null)
  const owned = new Set()
  layout.regions.forEach((region, index) => {
    oneRegion(found, region, index, family, canvas)
    if (!region.hidden) person(found, region, index, owned)
    if (sane[index]) seen(found, region, index, canvas, covers)
  })
  return found
}

/** @param {Finding[]} findings @returns {Finding[]} what is refused */
export function errors(findings) {
  return findings.filter(finding => finding.severity === "error")
}

function say(found, code, where, region = null, values = {}) {
  found.push(Object.freeze({ code, where, severity: SEVERITIES[code] ?? "error", region, values }))
}

function whole(found, layout, family, canvas) {
  if (canvas && (canvas.width % 2 || canvas.height % 2)) say(found, "odd_canvas", "canvas")
  if (!COLOUR.test(layout.background)) say(found, "colour", "background")
  if (!family.presets.includes(layout.preset)) say(found, "preset_foreign", "preset")
  beyond(found, layout, family)
  const seen = new Set()
  layout.portraits?.forEach(({ uid }, i) => {
    if (seen.has(uid)) say(found, "portrait_twice", `portraits.${i}.uid`, null, { uid })
    seen.add(uid)
  })
  for (const { code, where, values } of faults(layout.watermarks)) {
    say(found, code, where ? `watermarks.${where}` : "watermarks", null, values)
  }
}

/** What this kind of account has not. */
function beyond(found, layout, family) {
  if (layout.fit && !family.preset_fits.includes(layout.fit)) say(found, "fit_foreign", "fit")
  if (layout.background_image && !family.background_fits.includes(layout.background_fit)) {
    say(found, "background_fit_foreign", "background_fit")
  }
  if (layout.hide_audio_only && !family.hides_audio_only) say(found, "hide_foreign", "hide_audio_only")
  if (layout.portraits && !family.portraits) say(found, "portraits_foreign", "portraits")
  if (family.portraits) layout.portraits?.forEach(({ fit = "fill" }, i) => {
    if (!family.fits.includes(fit)) say(found, "fit_foreign", `portraits.${i}.fit`)
  })
  if (layout.watermarks && !family.most_watermarks) say(found, "marks_foreign", "watermarks")
}

function numberOfRegions(found, layout, most) {
  if (layout.preset !== "custom") {
    if (layout.regions.length) say(found, "not_custom", "regions")
    return
  }
  const count = layout.regions.filter(region => !region.hidden).length
  if (count === 0) say(found, "empty", "regions")
  if (count > most) say(found, "too_many", "regions", null, { count, most })
}

// ------------------------------------------------------------------ one region

function oneRegion(found, region, index, family, canvas) {
  const where = `regions.${index}`
  if (!isWithin(region.opacity)) say(found, "opacity", `${where}.opacity`, index)
  if (!family.fits.includes(region.fit)) say(found, "fit_foreign", `${where}.fit`, index)
  if (!family.streams.includes(region.stream)) {
    say(found, "stream_foreign", `${where}.stream`, index)
  }
  const before = found.length
  numbers(found, region, index)
  if (found.length === before) place(found, region, index, canvas)
}

function numbers(found, region, index) {
  for (const name of SIDES) {
    const value = region[name]
    const where = `regions.${index}.${name}`
    if (!isWithin(value)) say(found, "fraction", where, index)
    else if (Math.abs(value - rounded(value)) > 1e-12) {
      say(found, "decimals", where, index, { count: DECIMALS })
    }
  }
}

function isWithin(value) {
  return typeof value === "number" && value >= 0 && value <= 1
}

function place(found, region, index, canvas) {
  const where = `regions.${index}`
  if (rounded(region.x + region.w) > 1) say(found, "past_right", `${where}.w`, index)
  if (rounded(region.y + region.h) > 1) say(found, "past_bottom", `${where}.h`, index)
  const flat = ["w", "h"].find(name => region[name] === 0)
  if (flat) say(found, "too_small", `${where}.${flat}`, index)
  else if (canvas && !boxOf(region, canvas)) say(found, "too_small", where, index)
}

function person(found, region, index, owned) {
  const key = JSON.stringify([region.uid, region.stream])
  if (region.uid && owned.has(key)) {
    const code = region.stream === "screen" ? "taken_screen" : "taken"
    say(found, code, `regions.${index}.uid`, index, { uid: region.uid })
  }
  owned.add(key)
}

// ------------------------------------------------------------------ what will be seen

function isSane(region) {
  return [region.opacity, ...SIDES.map(name => region[name])].every(isWithin) &&
    rounded(region.w) > 0 && rounded(region.h) > 0
}

function seen(found, region, index, canvas, covers) {
  const where = `regions.${index}`
  const box = boxOf(region, canvas)
  if (region.hidden) say(found, "hidden", where, index)
  else if (!box) return
  else if (isClear(region)) say(found, "clear", `${where}.opacity`, index)
  else if (isCovered(box, covers.slice(index + 1).filter(Boolean))) {
    say(found, "covered", where, index)
  } else if (canvas && isOdd(region, canvas)) {
    say(found, "odd_pixels", where, index, { ...toPixels(region, canvas) })
  }
}

/** Whether an edge was put on an odd pixel; one that falls between pixels was not put. */
function isOdd(region, canvas) {
  return isOddPixel(region.x * canvas.width, canvas.width) ||
    isOddPixel((region.x + region.w) * canvas.width, canvas.width) ||
    isOddPixel(region.y * canvas.height, canvas.height) ||
    isOddPixel((region.y + region.h) * canvas.height, canvas.height)
}

function isOddPixel(edge, side) {
  const near = Math.floor(edge + 0.5)
  return near % 2 === 1 && Math.abs(edge - near) <= NEARLY_WHOLE * side
}
