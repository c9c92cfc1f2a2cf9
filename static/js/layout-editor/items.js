// What is to be drawn of a layout: one item a window, with the person who is seen there.

/** @returns {import("./region-view.js").Item[]} back to front */
export function itemsOf(desk, layout = desk.layout) {
  const people = new Map(desk.people.map(each => [each.uid, each]))
  const placements = desk.placements(layout)
  const items = layout.preset === "custom"
    ? regionItems(layout, placements)
    : placements.map((each, i) => item(`p${i}`, each, each.uid, each.uid))
  return items.map(each => shown(desk, each, people.get(each.uid)))
}

function regionItems(layout, placements) {
  const seen = new Map(placements.map(each => [each.region, each.uid]))
  return layout.regions.map(region =>
    ({ ...item(region.id, { ...region, rect: region }, seen.get(region.id) ?? null, region.uid),
      hidden: region.hidden, locked: region.locked }))
}

function item(key, { rect, opacity, fit, stream }, uid, owner) {
  return { key, rect, opacity, fit, stream, uid: uid?.trim() ? uid : null, owner: owner?.trim() ? owner : null,
    hidden: false, locked: false }
}

/** The name of a region of the draft. */
export const nameOfRegion = (desk, { id, uid, stream }) => nameOf(desk, { key: id, owner: uid, stream })

function shown(desk, item, who) {
  const { width, height } = desk.canvas
  const box = { x: Math.round(item.rect.x * width), y: Math.round(item.rect.y * height),
    w: Math.round(item.rect.w * width), h: Math.round(item.rect.h * height) }
  const name = nameOf(desk, item)
  const finding = worst(desk, item.key)
  const place = desk.words("place", { name, ...box })
  return {
    ...item, box,
    color: who?.color ?? null,
    picture: item.hidden ? null : who?.picture ?? null,
    tag: tagOf(desk, item, name),
    finding: finding?.words ?? "",
    severity: finding?.severity ?? null,
    label: finding ? `${place}. ${finding.words}` : place,
  }
}

/** What is said at a region: what is refused before what should be looked at. */
function worst(desk, key) {
  const found = desk.findings.filter(each => each.id === key && each.severity !== "note")
  return found.find(each => each.severity === "error") ?? found[0] ?? null
}

/** Whose region it is, in a word. Of several that are open, those behind are taken first. */
export function nameOf(desk, { key, owner, stream }) {
  if (!owner) {
    const open = desk.layout.regions.filter(each => !each.uid && !each.hidden)
    const turn = open.findIndex(each => each.id === key) + 1
    return open.length > 1 && turn ? desk.words("nextOf", { turn }) : desk.words("next")
  }
  return stream === "screen" ? desk.words("screenOf", { uid: owner }) : owner
}

function tagOf(desk, item, name) {
  if (item.hidden) return desk.words("tagHidden", { name })
  if (item.locked) return desk.words("tagLocked", { name })
  if (item.owner && !item.uid) return desk.words("tagAway", { name })
  if (!item.owner) return item.uid && desk.isCustom ? desk.words("tagGuest", { uid: item.uid }) : name
  return item.picture || item.uid ? name : ""
}
