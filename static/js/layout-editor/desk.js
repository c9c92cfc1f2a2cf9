// What is being edited: the draft with its history, the selection, and what is applied now.
// Parts change it through these methods and hear of it by DOM events on the editor's root:
//   layout:draft    the draft or the selection changed (detail.live: in the middle of a drag)
//   layout:applied  something else is applied now     layout:people  who is there changed
//   layout:options  snapping, thirds, aspect          layout:say     detail.words, to be read out
//   layout:found    what is wrong or worth a look     layout:moved   a step of moving or resizing
//   layout:picked   a region was chosen by hand       layout:tab     detail.name, a panel to show
//   layout:done     a command ran, detail.command     layout:scene   detail.key, to be applied

import { open, toJSON } from "../layout/document.js"
import { diff } from "../layout/diff.js"
import * as steps from "../layout/history.js"
import { arrange } from "../layout/presets.js"
import { NONE, still } from "../layout/selection.js"
import { fill } from "../layout/words.js"

/** Windows shown by a preset while nobody is in the channel. */
const MOST_EMPTY = 3

/**
 * @param {HTMLElement} root
 * @param {object} data what views/layouts/editor.py gives the page
 * @param {{ui: object, diff: object, rules: object}} words sentences in the reader's language
 */
export function createDesk(root, data, words) {
  let applied = open(data.applied)
  let history = steps.begin(snapshot(applied, NONE))
  let mark = null

  const emit = (name, detail = {}) =>
    root.dispatchEvent(new CustomEvent(`layout:${name}`, { detail }))

  function put(next, live = false) {
    if (next === history) return
    history = next
    emit("draft", { live })
  }

  /** The present again if nothing differs, so that no step is made of nothing. */
  function present(layout, ids) {
    const now = history.present
    const selection = still(layout, ids)
    return layout === now.layout && sameIds(selection, now.selection) ? now : snapshot(layout, selection)
  }

  const desk = {
    root, data, canvas: data.canvas, family: data.family,
    base: data.revision,
    people: data.people,
    live: data.live,
    mayEdit: data.mayApply,
    options: { snap: true, thirds: false, aspect: false, count: null },
    findings: [],
    refused: [],
    scale: 1,

    get layout() { return history.present.layout },
    get selection() { return history.present.selection },
    get applied() { return applied },
    /** Index of the chosen watermark; regions and watermarks are never chosen together. */
    get mark() { return mark !== null && desk.layout.watermarks?.[mark] ? mark : null },
    get isDragging() { return history.held !== null },
    get canUndo() { return steps.canUndo(history) },
    get canRedo() { return steps.canRedo(history) },
    get isCustom() { return desk.layout.preset === "custom" },
    get isOpen() { return desk.mayEdit && desk.isCustom },
    /** The one that is chosen, null for none or several. */
    get single() { return desk.selection.length === 1 ? desk.region(desk.selection[0]) : null },
    /** Who has a window: somebody whose camera is off keeps theirs, as in the recording. */
    get uids() { return desk.people.map(each => each.uid) },
    get document() { return toJSON(desk.layout) },
    get isDirty() { return text(toJSON(applied)) !== text(desk.document) },

    words: (name, values = {}) => fill(words.ui[name] ?? "", values),
    /** The sentence for one of them, or for several. */
    counted: (name, count, more = {}) => desk.words(count === 1 ? `${name}1` : name, { count, ...more }),
    sentence: (family, name, values = {}) => fill(words[family][name] ?? "", values),
    find: selector => root.querySelector(selector),
    all: selector => [...root.querySelectorAll(selector)],
    region: id => desk.layout.regions.find(each => each.id === id) ?? null,
    emit,
    say: (name, values) => emit("say", { words: desk.words(name, values) }),
    on(name, listener) {
      root.addEventListener(`layout:${name}`, listener)
      return () => root.removeEventListener(`layout:${name}`, listener)
    },
    begin() { ["people", "options", "applied", "draft"].forEach(name => emit(name)) },

    /** One step. change: layout -> layout, or {layout, ids} to choose others as well. */
    act(change, kind = "") {
      desk.refused = []
      const made = change(desk.layout)
      const { layout, ids } = made.regions ? { layout: made, ids: desk.selection } : made
      if (ids.length && ids !== desk.selection) mark = null
      put(steps.record(history, present(layout, ids), kind, performance.now()))
    },
    chooseMark(index) {
      if (index === desk.mark) return
      mark = index
      if (index !== null) desk.select(NONE)
      emit("draft")
    },
    select(ids) {
      if (ids.length) desk.chooseMark(null)
      const next = present(desk.layout, ids)
      if (next !== history.present) put(Object.freeze({ ...history, present: next }))
    },
    hold(layout) { put(steps.hold(history, present(layout, desk.selection)), true) },
    drop() { put(steps.drop(history)) },
    cancel() { put(steps.cancel(history)) },
    undo() { put(steps.undo(history)) },
    redo() { put(steps.redo(history)) },

    changes: () => diff(applied, desk.layout),
    /** Who stands where. A preset shows as many people as were asked for, strangers included. */
    placements(layout = desk.layout, count = desk.options.count) {
      return arrange(layout, layout.preset === "custom" ? desk.uids : desk.seats(count, layout))
    },
    seats(count, layout) {
      const shown = desk.people.filter(each => each.video || !layout.hide_audio_only)
      const uids = shown.map(each => each.uid)
      const wanted = count ?? (uids.length || MOST_EMPTY)
      return Array.from({ length: wanted }, (_, i) => uids[i] ?? " ".repeat(i + 1))
    },
    setOptions(facts) {
      Object.assign(desk.options, facts)
      emit("options")
    },
    setPeople(people) {
      if (text(people) === text(desk.people)) return
      desk.people = people
      emit("people")
      emit("draft")
    },

    /**
     * Another layout holds now. A draft without changes follows it; any other stays.
     * mine: this editor has applied it, so that the draft stands on it from now on.
     */
    setApplied(document, revision, { mine = false } = {}) {
      const follows = !desk.isDirty
      applied = open(document)
      if (mine || follows) desk.base = revision
      if (follows) desk.take(document)
      emit("applied", { mine, follows })
    },
    refuse(problems) {
      desk.refused = problems
      emit("draft")
    },
    /** The draft becomes another layout, as one step. */
    take(document) {
      if (text(document) === text(desk.document)) return emit("draft")
      desk.act(() => ({ layout: open(document), ids: NONE }))
    },
  }
  return desk
}

const snapshot = (layout, selection) => Object.freeze({ layout, selection })
const sameIds = (one, other) => one.length === other.length && one.every((id, i) => id === other[i])

/** The same text for the same facts, in whatever order they stand. */
export function text(value) {
  return JSON.stringify(value, (_, each) =>
    each && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each)
}
