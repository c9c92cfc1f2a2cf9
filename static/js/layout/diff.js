// What would change in the recorded picture if a draft were applied. Twin of
// dashboard/layouts/diff.py. Sentences come from the page, by `sentence`.

import { FOCUSED } from "./families.js"
import { rounded } from "./geometry.js"
import { withoutPlace, written } from "./watermarks.js"

/**
 * @typedef {object} Change
 * @property {string} kind "preset", "background", "background_image", "background_fit",
 *   "fit_whole", "hide_audio_only", "placeholder_whole", "portrait", "mark" (a watermark), "focus",
 *   "focus_side", "added", "removed", "person", "moved", "resized", "opacity", "fit", "placeholder",
 *   "forward" or "backward"
 * @property {string} sentence a key of SENTENCES in dashboard/layouts/diff.py
 * @property {number | null} region index in the draft @property {number | null} was in the applied
 * @property {Record<string, string | number>} values what the sentence is filled with
 */

/**
 * @param {import("./document.js").Layout} applied @param {import("./document.js").Layout} draft
 * @returns {Change[]} the whole first, then regions in the draft's order, then those that go away
 */
export function diff(applied, draft) {
  const found = []
  whole(found, applied, draft)
  if (applied.preset === "custom" && draft.preset === "custom") {
    regions(found, applied.regions, draft.regions)
  }
  return found
}

function say(found, kind, sentence, values = {}, region = null, was = null) {
  found.push(Object.freeze({ kind, sentence, values, region, was }))
}

function sayOf(found, kind, region, index, was, values = {}) {
  if (region.uid) say(found, kind, kind, { ...values, uid: region.uid }, index, was)
  else say(found, kind, `${kind}_open`, values, index, was)
}

// ------------------------------------------------------------------ the whole

function whole(found, applied, draft) {
  if (applied.preset !== draft.preset) {
    const count = draft.regions.filter(region => !region.hidden).length
    say(found, "preset", `preset_${draft.preset}`, draft.preset === "custom" ? { count } : {})
  }
  if (applied.background.toUpperCase() !== draft.background.toUpperCase()) {
    say(found, "background", "background", { colour: draft.background })
  }
  if (applied.background_image !== draft.background_image) {
    const name = draft.background_image ? "background_image" : "background_image_none"
    say(found, "background_image", name)
  } else if (draft.background_image && applied.background_fit !== draft.background_fit) {
    say(found, "background_fit", "background_fit")
  }
  if (applied.preset === draft.preset && applied.fit !== draft.fit) say(found, "fit_whole", "fit_whole")
  if (applied.hide_audio_only !== draft.hide_audio_only) {
    say(found, "hide_audio_only", draft.hide_audio_only ? "hide_audio_only" : "show_audio_only")
  }
  if (applied.placeholder !== draft.placeholder) {
    const name = draft.placeholder ? "placeholder_whole" : "placeholder_whole_none"
    say(found, "placeholder_whole", name)
  }
  portraits(found, applied, draft)
  marks(found, applied, draft)
  if (FOCUSED.includes(draft.preset)) focus(found, applied, draft)
}

function portraits(found, applied, draft) {
  const byUid = layout => new Map((layout.portraits ?? []).map(each => [each.uid, each]))
  const [before, after] = [byUid(applied), byUid(draft)]
  const facts = ({ image, fit = "fill" } = {}) => JSON.stringify([image, fit])
  for (const [uid, portrait] of after) {
    if (facts(before.get(uid)) !== facts(portrait)) say(found, "portrait", "portrait", { uid })
  }
  for (const uid of before.keys()) {
    if (!after.has(uid)) say(found, "portrait", "portrait_none", { uid })
  }
}

/** Those that are the same in both aside, the others are held against each other in turn. */
function marks(found, applied, draft) {
  const [before, after] = [applied, draft].map(each => written(each.watermarks))
  const text = JSON.stringify
  if (text(before) === text(after)) return
  const gone = [...before]
  const take = fits => {
    const at = gone.findIndex(fits)
    return at < 0 ? null : gone.splice(at, 1)[0]
  }
  const fresh = after.filter(mark => !take(each => text(each) === text(mark)))
  if (!gone.length && !fresh.length) say(found, "mark", "mark_order")
  for (const mark of fresh) {
    const was = take(each => each.kind === mark.kind)
    const changed = was && text(withoutPlace(was)) !== text(withoutPlace(mark))
    say(found, "mark", `mark_${mark.kind}_${!was ? "added" : changed ? "changed" : "moved"}`)
  }
  for (const mark of gone) say(found, "mark", `mark_${mark.kind}_removed`)
}

function focus(found, applied, draft) {
  const [before, after] = [focusOf(applied), focusOf(draft)]
  if (after && before !== after) {
    const name = draft.focus_stream === "screen" ? "focus_screen" : "focus"
    say(found, "focus", name, { uid: draft.focus_uid })
  } else if (before && !after) say(found, "focus", "focus_none")
  if (draft.preset === "screen_share" && applied.focus_side !== draft.focus_side) {
    say(found, "focus_side", `focus_side_${draft.focus_side}`)
  }
}

function focusOf(layout) {
  const has = FOCUSED.includes(layout.preset) && layout.focus_uid
  return has ? JSON.stringify([layout.focus_uid, layout.focus_stream]) : null
}

// ------------------------------------------------------------------ the regions

function regions(found, applied, draft) {
  const pairs = pair(applied, draft)
  const partner = new Map(pairs.map(([was, index]) => [index, was]))
  const stayed = new Set(pairs.map(([was]) => was))
  const turned = reordered(pairs)
  draft.forEach((region, index) => {
    if (region.hidden) return
    if (!partner.has(index)) return sayOf(found, "added", region, index, null)
    const was = partner.get(index)
    sameRegion(found, applied[was], region, index, was)
    if (turned.has(index)) sayOf(found, turned.get(index), region, index, was)
  })
  applied.forEach((region, was) => {
    if (!region.hidden && !stayed.has(was)) sayOf(found, "removed", region, null, was)
  })
}

function sameRegion(found, before, after, index, was) {
  if (before.uid !== after.uid || before.stream !== after.stream) {
    person(found, before, after, index, was)
  }
  const [old, now] = [sixDecimals(before), sixDecimals(after)]
  if (old[2] !== now[2] || old[3] !== now[3]) sayOf(found, "resized", after, index, was)
  else if (old[0] !== now[0] || old[1] !== now[1]) sayOf(found, "moved", after, index, was)
  if (before.opacity !== after.opacity) {
    const percent = Math.floor(after.opacity * 100 + 0.5)
    sayOf(found, "opacity", after, index, was, { percent })
  }
  if (before.fit !== after.fit) sayOf(found, "fit", after, index, was)
  if (before.placeholder !== after.placeholder) sayOf(found, "placeholder", after, index, was)
}

function person(found, before, after, index, was) {
  if (before.uid === after.uid) {
    if (!after.uid) return
    say(found, "person", "person_stream", { uid: after.uid }, index, was)
  } else if (!before.uid) say(found, "person", "person_given", { uid: after.uid }, index, was)
  else if (!after.uid) say(found, "person", "person_open", { before: before.uid }, index, was)
  else say(found, "person", "person", { uid: after.uid, before: before.uid }, index, was)
}

function sixDecimals({ x, y, w, h }) {
  return [rounded(x), rounded(y), rounded(w), rounded(h)]
}

// ------------------------------------------------------------------ which is which

/**
 * Which region became which: [index in applied, index in draft], in the draft's order. The same
 * picture of the same person, else the same place, else both for the next to join.
 */
export function pair(applied, draft) {
  const partner = new Map()
  const free = applied.map((_, i) => i).filter(i => !applied[i].hidden)
  for (const same of [samePerson, samePlace, bothOpen]) {
    draft.forEach((region, index) => {
      if (region.hidden || partner.has(index)) return
      const at = free.findIndex(was => same(applied[was], region))
      if (at >= 0) partner.set(index, free.splice(at, 1)[0])
    })
  }
  return [...partner.keys()].sort((a, b) => a - b).map(index => [partner.get(index), index])
}

function samePerson(before, after) {
  return Boolean(after.uid) && before.uid === after.uid && before.stream === after.stream
}

function samePlace(before, after) {
  const old = sixDecimals(before)
  return sixDecimals(after).every((value, i) => value === old[i])
}

function bothOpen(before, after) {
  return !before.uid && !after.uid
}

/** The fewest regions whose move explains the new order: draft index to "forward", "backward". */
function reordered(pairs) {
  const sequence = pairs.map(([was]) => was)
  const kept = longestRise(sequence)
  const sorted = [...sequence].sort((a, b) => a - b)
  const turned = new Map()
  pairs.forEach(([was, index], rank) => {
    if (kept.has(rank)) return
    turned.set(index, sorted.indexOf(was) < rank ? "forward" : "backward")
  })
  return turned
}

/** Positions of a longest rising subsequence; of several, the one that ends first. */
function longestRise(numbers) {
  const lengths = []
  const previous = []
  numbers.forEach((number, i) => {
    let best = -1
    for (let j = 0; j < i; j += 1) {
      if (numbers[j] < number && (best < 0 || lengths[j] > lengths[best])) best = j
    }
    previous.push(best)
    lengths.push(best < 0 ? 1 : lengths[best] + 1)
  })
  const kept = new Set()
  let at = numbers.length ? lengths.indexOf(Math.max(...lengths)) : -1
  for (; at >= 0; at = previous[at]) kept.add(at)
  return kept
}
