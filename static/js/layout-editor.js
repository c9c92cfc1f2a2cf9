// The layout editor: a desk that holds the draft, and the parts that show and change it.

import { createDesk } from "./layout-editor/desk.js"
import { announce } from "./layout-editor/announce.js"
import { applying } from "./layout-editor/applying.js"
import { beat } from "./layout-editor/beat.js"
import { canvas } from "./layout-editor/canvas.js"
import { changes } from "./layout-editor/changes.js"
import { findings } from "./layout-editor/findings.js"
import { inspector } from "./layout-editor/inspector.js"
import { keep } from "./layout-editor/keep.js"
import { keyboard } from "./layout-editor/keyboard.js"
import { marks } from "./layout-editor/marks.js"
import { marksPanel } from "./layout-editor/marks-panel.js"
import { order } from "./layout-editor/order.js"
import { overlay } from "./layout-editor/overlay.js"
import { people } from "./layout-editor/people.js"
import { person } from "./layout-editor/person.js"
import { pointer } from "./layout-editor/pointer.js"
import { portraits } from "./layout-editor/portraits.js"
import { presets } from "./layout-editor/presets-panel.js"
import { programme } from "./layout-editor/programme.js"
import { rulers } from "./layout-editor/rulers.js"
import { scenes } from "./layout-editor/scenes.js"
import { tabs } from "./layout-editor/tabs.js"
import { take } from "./layout-editor/take.js"
import { toolbar } from "./layout-editor/toolbar.js"
import { whole } from "./layout-editor/whole.js"

/** What everybody sees, and what only those who may apply have on their page. */
const SHOWN = [findings, canvas, marks, rulers, programme, changes, beat, scenes, tabs, announce]
const EDITED = [
  overlay, pointer, keyboard, toolbar, inspector, person, whole, presets, marksPanel, portraits,
  order, people, applying, take, keep,
]

export function mount(root) {
  const desk = createDesk(root, read("layout-data"), read("layout-words"))
  const undos = [...SHOWN, ...(desk.mayEdit ? EDITED : [])].map(part => part(desk))
  desk.begin()
  root.dataset.ready = ""
  return () => undos.forEach(undo => undo?.())
}

function read(id) {
  return JSON.parse(document.getElementById(id).textContent)
}
