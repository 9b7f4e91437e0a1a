// Three short tones, made on the spot: ok rises, attention asks twice, stop falls.
// The desk hears the outcome without looking up. Muting is remembered here.
import { all, one } from "./dom.js";

const TUNES = { // [hertz, start, length], the times in seconds
  ok: [[660, 0, 0.09], [880, 0.09, 0.14]],
  attention: [[587, 0, 0.12], [587, 0.18, 0.16]],
  stop: [[233, 0, 0.2], [175, 0.2, 0.32]],
};
const LOUDNESS = 0.18;
const MUTED = "kortisto-muted";
let context = null;

export const muted = () => localStorage.getItem(MUTED) === "yes";

/** Plays the tone of an outcome; silent when muted or when there is no audio. */
export function play(kind) {
  const tune = TUNES[kind];
  if (!tune || muted() || !("AudioContext" in window)) return;
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return; // the browser would refuse
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => {}); // refused until a first key or click: then there is no tone
  for (const [hertz, start, length] of tune) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const from = context.currentTime + start;
    tone.type = kind === "stop" ? "triangle" : "sine";
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(LOUDNESS, from + 0.012);
    volume.gain.exponentialRampToValueAtTime(0.001, from + length);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}

/** Plays what a swapped part marks with data-sound. */
export function playIn(root) {
  const sounding = root.matches?.("[data-sound]") ? root : one("[data-sound]", root);
  if (sounding) play(sounding.dataset.sound);
}

function show() {
  for (const button of all("[data-sound-toggle]")) button.setAttribute("aria-pressed", String(!muted()));
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-sound-toggle]")) return;
  localStorage.setItem(MUTED, muted() ? "no" : "yes");
  show();
  play("ok");
});
document.addEventListener("htmx:afterSwap", (event) => playIn(event.detail.elt ?? event.target));
show();
