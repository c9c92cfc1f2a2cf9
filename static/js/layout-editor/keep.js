// A draft outlives a reload, and leaving with one asks first. Others are told of the leaving.

import { text } from "./desk.js"

export function keep(desk) {
  const key = `layout-draft ${location.pathname}`
  const save = event => {
    if (event.detail?.live) return
    if (!desk.isDirty) return sessionStorage.removeItem(key)
    sessionStorage.setItem(key, JSON.stringify({ base: desk.base, document: desk.document }))
  }
  const onLeave = event => {
    if (desk.isDirty) event.preventDefault()
  }
  const onHide = () => {
    const form = new FormData()
    form.set("csrf_token", desk.find("[name=csrf_token]").value)
    navigator.sendBeacon(desk.data.urls.leave, form)
  }
  restore(desk, sessionStorage.getItem(key))
  const undos = ["draft", "applied"].map(name => desk.on(name, save))
  window.addEventListener("beforeunload", onLeave)
  window.addEventListener("pagehide", onHide)
  return () => {
    undos.forEach(undo => undo())
    window.removeEventListener("beforeunload", onLeave)
    window.removeEventListener("pagehide", onHide)
  }
}

function restore(desk, kept) {
  if (!kept) return
  const { base, document } = JSON.parse(kept)
  if (text(document) === text(desk.document)) return
  desk.take(document)
  desk.base = base
  desk.say("restored")
}
