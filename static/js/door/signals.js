// Every outcome has its own tune and its own rhythm in the hand, beside its word, icon and hue.

const TUNES = {
  admitted: [880],
  returned: [660, 880],
  left: [660, 440],
  twice: [440, 440, 440],
  already: [440, 440],
  outside: [440, 550, 440],
  unpaid: [220, 180],
  cancelled: [220, 220, 180],
  nameless: [180, 220, 180],
  day: [220, 280, 220],
  early: [280, 280, 220],
  replaced: [180, 220, 280],
  other: [280, 220, 180],
  unknown: [180, 180],
};
const RHYTHMS = {
  admitted: [80],
  returned: [80, 60, 80],
  left: [40, 40, 40],
  twice: [200, 80, 200, 80, 200],
  already: [200, 80, 200],
  outside: [200, 80, 60],
  unpaid: [500],
  cancelled: [500, 100, 500],
  nameless: [100, 100, 100, 100, 500],
  day: [500, 100, 100],
  early: [500, 100, 300],
  replaced: [100, 100, 500],
  other: [300, 100, 300, 100, 100],
  unknown: [100, 60, 100, 60, 100, 60, 100],
};
const NOTE = 0.14; // seconds
let sound = null;

// Browsers let a page sound, or shake the hand, only after somebody has touched it.
export const allowSound = () => {
  sound ??= new AudioContext();
  if (sound.state === "suspended") sound.resume().catch(() => {});
};

export const signal = (outcome) => {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(RHYTHMS[outcome] ?? []);
  if (sound?.state !== "running") return;
  (TUNES[outcome] ?? []).forEach((pitch, index) => {
    const note = sound.createOscillator();
    const gain = sound.createGain();
    const begins = sound.currentTime + index * NOTE;
    note.frequency.value = pitch;
    note.type = pitch < 300 ? "square" : "sine";
    gain.gain.value = 0.2;
    note.connect(gain).connect(sound.destination);
    note.start(begins);
    note.stop(begins + NOTE * 0.8);
  });
};
