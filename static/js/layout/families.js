// What one kind of account can show and another cannot. Twin of dashboard/layouts/families.py.

/**
 * @typedef {object} Family
 * @property {string} name
 * @property {string[]} presets in the order they are offered
 * @property {number} most_regions windows in one picture
 * @property {string[]} fits
 * @property {string[]} streams
 * @property {boolean} placeholders each region may name an image for a person without a picture
 * @property {boolean} portraits an image for a single person, whichever window they have
 * @property {string[]} preset_fits of all windows that a preset makes
 * @property {string[]} background_fits
 * @property {boolean} hides_audio_only a preset may leave out who sends no picture
 * @property {number} most_watermarks
 */

const family = facts => Object.freeze(facts)

export const CLOUD_RECORDING = family({
  name: "cloud_recording",
  presets: ["floating", "best_fit", "vertical", "custom"],
  most_regions: 17,
  fits: ["fill", "contain"],
  streams: ["main"],
  placeholders: false,
  portraits: true,
  preset_fits: [],
  background_fits: ["fill"],
  hides_audio_only: false,
  most_watermarks: 0,
})

export const TRTC = family({
  name: "trtc",
  presets: ["grid", "trtc_floating", "screen_share", "custom"],
  most_regions: 25,
  fits: ["fill", "contain", "stretch", "smart"],
  streams: ["main", "screen"],
  placeholders: true,
  portraits: false,
  preset_fits: ["fill", "contain", "stretch", "smart"],
  background_fits: ["fill", "contain", "stretch", "smart"],
  hides_audio_only: true,
  most_watermarks: 25,
})

/** @type {Record<string, Family>} */
export const FAMILIES = Object.freeze({ cloud_recording: CLOUD_RECORDING, trtc: TRTC })

/** How far the slider of a preset goes: windows, the large one counted. */
export const MOST_PEOPLE = Object.freeze({
  floating: 17, best_fit: 17, vertical: 17, grid: 25, trtc_floating: 25, screen_share: 25,
})

/** Presets whose large window can be given to somebody. */
export const FOCUSED = Object.freeze(["vertical", "trtc_floating", "screen_share"])
