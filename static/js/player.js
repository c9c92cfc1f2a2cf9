/**
 * Plays a recording's HLS: by the browser itself where it can, else by hls.js.
 *
 * root: an element with
 *   data-playlist       signed address of the playlist; it expires
 *   data-fresh          address of this same fragment, with a fresh playlist address
 *   data-hls, data-hls-worker   addresses of the library, loaded only when needed
 * and in it a <video>, and [data-tell="renewing"], [data-tell="broken"] to tell what happens.
 *
 * A fault asks for a fresh address once and seeks back to where it was; if the browser's
 * own player then still fails, hls.js has a try; only after that is the fault told.
 */

const HLS_TYPE = "application/vnd.apple.mpegurl"
const SETTLED_S = 5 // played on this far after a fault: the next fault starts afresh
const STEP_S = 5
const LEAP_S = 15

export function mount(root) {
  const video = root.querySelector("video")
  const resume = { at: 0, playing: false }
  let ways = waysToPlay(video.canPlayType(HLS_TYPE) !== "")
  let attempt = 0
  let hls = null
  let gone = false

  const release = () => {
    hls?.destroy()
    hls = null
  }

  const load = async playlist => {
    release()
    if (ways[attempt] === "native") {
      video.src = playlist
      return
    }
    const Hls = await loadLibrary(root.dataset.hls)
    if (gone) return
    if (!Hls.isSupported()) throw new Error("hls.js is not supported")
    hls = new Hls({ workerPath: root.dataset.hlsWorker, startPosition: resume.at || -1 })
    hls.on(Hls.Events.ERROR, (_, fault) => fault.fatal && recover())
    hls.loadSource(playlist)
    hls.attachMedia(video)
  }

  const recover = async () => {
    if (gone) return
    resume.at = video.currentTime || resume.at
    resume.playing = resume.playing || (!video.paused && !video.ended)
    attempt += 1
    if (attempt >= ways.length) return tellBroken()
    tell(root, "renewing")
    try {
      await load(await freshPlaylist(root))
    } catch {
      tellBroken()
    }
  }

  const tellBroken = () => {
    release()
    tell(root, "broken")
  }

  const onReady = () => {
    if (resume.at) video.currentTime = resume.at
    if (resume.playing) video.play().catch(() => {})
    tell(root, null)
  }

  const onTime = () => {
    if (attempt === 0 || video.currentTime < resume.at + SETTLED_S) return
    ways = waysToPlay(ways[attempt] === "native") // what works now has the first try next time
    attempt = 0
    resume.at = 0
    resume.playing = false
  }

  const onError = () => ways[attempt] === "native" && video.error && recover()

  const onClick = event => {
    if (event.target.closest("[data-try-again]") && root.contains(event.target)) {
      attempt = -1
      recover()
    }
    const mark = event.target.closest("[data-seek]")
    if (mark) seekTo(video, Number(mark.dataset.seek))
  }

  const onKey = event => onPlayerKey(event, video)

  video.addEventListener("loadedmetadata", onReady)
  video.addEventListener("timeupdate", onTime)
  video.addEventListener("error", onError)
  document.addEventListener("click", onClick)
  root.addEventListener("keydown", onKey, true)
  load(root.dataset.playlist).catch(recover)

  return () => {
    gone = true
    video.removeEventListener("loadedmetadata", onReady)
    video.removeEventListener("timeupdate", onTime)
    video.removeEventListener("error", onError)
    document.removeEventListener("click", onClick)
    root.removeEventListener("keydown", onKey, true)
    release()
  }
}

/** What to try, in order; every one after the first is given a fresh address. */
export function waysToPlay(native) {
  return native ? ["native", "native", "hls"] : ["hls", "hls"]
}

/** Seconds to move for a key; 0 for a key that does not move. */
export function stepFor(key) {
  return { ArrowLeft: -STEP_S, ArrowRight: STEP_S, j: -LEAP_S, l: LEAP_S }[key] ?? 0
}

async function loadLibrary(address) {
  const module = await import(address)
  return module.default ?? globalThis.Hls
}

async function freshPlaylist(root) {
  const answer = await fetch(root.dataset.fresh, { headers: { "HX-Request": "true" } })
  if (!answer.ok) throw new Error(`no fresh address: ${answer.status}`)
  const page = new DOMParser().parseFromString(await answer.text(), "text/html")
  const playlist = page.querySelector("[data-playlist]")?.dataset.playlist
  if (!playlist) throw new Error("no playlist in the answer")
  root.dataset.playlist = playlist
  return playlist
}

function tell(root, what) {
  for (const word of root.querySelectorAll("[data-tell]")) word.hidden = word.dataset.tell !== what
}

function seekTo(video, seconds) {
  video.currentTime = Math.max(0, Math.min(seconds, video.duration || seconds))
  video.focus({ preventScroll: false })
}

function onPlayerKey(event, video) {
  if (event.ctrlKey || event.metaKey || event.altKey || !event.target.closest("video")) return
  const act = {
    " ": () => togglePlay(video),
    k: () => togglePlay(video),
    m: () => (video.muted = !video.muted),
    f: () => toggleFullscreen(video),
    Home: () => (video.currentTime = 0),
    End: () => (video.currentTime = video.duration || 0),
  }[event.key]
  const step = stepFor(event.key)
  if (!act && !step) return
  event.preventDefault()
  event.stopPropagation()
  if (act) act()
  else seekTo(video, video.currentTime + step)
}

function togglePlay(video) {
  if (video.paused) video.play().catch(() => {})
  else video.pause()
}

function toggleFullscreen(video) {
  if (document.fullscreenElement) document.exitFullscreen()
  else video.requestFullscreen?.()
}
