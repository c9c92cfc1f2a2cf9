// What is painted over the whole picture: images, words, the time of day. Twin of
// dashboard/layouts/watermarks.py; measures are those of layouts.

import { rounded } from "./geometry.js"

/**
 * @typedef {object} Mark
 * @property {"image" | "text" | "time"} kind
 * @property {number} [x] @property {number} [y] @property {number} [w] @property {number} [h]
 *   of image and text, fractions of the canvas
 * @property {string} [image] address
 * @property {string} [text] @property {number} [size_px] of the letters
 * @property {string} [color] "#RRGGBB" @property {string | null} [background] that, null: clear
 * @property {string} [place] of the time, one of PLACES
 * @property {number} [offset_min] minutes east of Greenwich
 */

export const MOST = 25
const LONGEST_TEXT = 1024
const SIZES = { least: 4, most: 512 }
const FARTHEST_MIN = 14 * 60
const COLOUR = /^#[0-9A-Fa-f]{6}$/
const SIDES = ["x", "y", "w", "h"]
const PLACING = [...SIDES, "place"]

/** Where the time of day can stand: across and down, 0 at the left and at the top. */
export const PLACES = Object.freeze({
  top_left: [0, 0], top: [0.5, 0], top_right: [1, 0], centre: [0.5, 0.5],
  bottom_left: [0, 1], bottom: [0.5, 1], bottom_right: [1, 1],
})

const KINDS = {
  image: { x: null, y: null, w: null, h: null, image: null },
  text: { x: null, y: null, w: null, h: null, text: null, size_px: 14, color: "#FFFFFF",
    background: null },
  time: { place: "top_left", offset_min: 480 },
}

// ------------------------------------------------------------------ in and out

/** Read the JSON form. @returns {readonly Mark[] | null} null: none */
export function opened(items) {
  if (!items?.length) return null
  return Object.freeze(items.map(item => {
    const defaults = KINDS[item.kind]
    const given = Object.entries(item).filter(([name]) => name in defaults)
    return Object.freeze({ kind: item.kind, ...defaults, ...Object.fromEntries(given) })
  }))
}

/** Write the JSON form, six decimals. @param {readonly Mark[] | null} marks */
export function written(marks) {
  return (marks ?? []).map(mark => mark.kind === "time" ? { ...mark } : {
    ...mark, x: rounded(mark.x), y: rounded(mark.y), w: rounded(mark.w), h: rounded(mark.h),
  })
}

/** What a mark shows, whatever its place. */
export function withoutPlace(mark) {
  return Object.fromEntries(Object.entries(mark).filter(([name]) => !PLACING.includes(name)))
}

// ------------------------------------------------------------------ changes

/** Painted over those that are there. @returns {import("./document.js").Layout} */
export function addMark(layout, mark) {
  return withMarks(layout, [...layout.watermarks ?? [], mark])
}

export function removeMark(layout, index) {
  return withMarks(layout, (layout.watermarks ?? []).filter((_, i) => i !== index))
}

/** facts: what becomes another. The same layout if nothing differs. */
export function changeMark(layout, index, facts) {
  const mark = layout.watermarks?.[index]
  if (!mark || Object.keys(facts).every(name => facts[name] === mark[name])) return layout
  return withMarks(layout, layout.watermarks.map((each, i) => i === index ? { ...each, ...facts } : each))
}

function withMarks(layout, marks) {
  return Object.freeze({ ...layout, watermarks: opened(marks) })
}

// ------------------------------------------------------------------ what is wrong

/** @param {readonly Mark[] | null} marks @returns {{code: string, where: string, values: object}[]} */
export function faults(marks) {
  const found = []
  for (const [index, mark] of (marks ?? []).entries()) {
    const say = (code, name, values = {}) => found.push({ code, where: `${index}.${name}`, values })
    CHECKS[mark.kind](mark, say)
  }
  if (marks?.length > MOST) found.push({ code: "mark_many", where: "", values: { most: MOST } })
  return found
}

const CHECKS = {
  image(mark, say) {
    rect(mark, say)
    if (typeof mark.image !== "string" || !mark.image) say("mark_image", "image")
  },
  text(mark, say) {
    rect(mark, say)
    const letters = typeof mark.text === "string" ? [...mark.text].length : 0
    if (!letters || letters > LONGEST_TEXT) say("mark_text", "text", { most: LONGEST_TEXT })
    const fits = Number.isInteger(mark.size_px) && SIZES.least <= mark.size_px && mark.size_px <= SIZES.most
    if (!fits) say("mark_size", "size_px", SIZES)
    if (!COLOUR.test(mark.color)) say("mark_colour", "color")
    if (mark.background !== null && !COLOUR.test(mark.background)) say("mark_colour", "background")
  },
  time(mark, say) {
    const near = Number.isInteger(mark.offset_min) && Math.abs(mark.offset_min) <= FARTHEST_MIN
    if (!near) say("mark_zone", "offset_min")
  },
}

function rect(mark, say) {
  const unfit = SIDES.filter(name => !(typeof mark[name] === "number" && mark[name] >= 0 && mark[name] <= 1))
  unfit.forEach(name => say("mark_fraction", name))
  if (unfit.length) return
  for (const [start, size] of [["x", "w"], ["y", "h"]]) {
    if (!mark[size] || rounded(mark[start] + mark[size]) > 1) say("mark_outside", size)
  }
}
