// Reads QR codes from the camera: with the browser's own reader where it has one, else with jsQR.

const PAUSE = 120; // milliseconds between two looks: a phone that gets hot slows down
const SAME_AGAIN = 3000; // a code held still is one scan

const ownReader = async () => {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await window.BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return null;
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video))[0]?.rawValue ?? "";
};

const vendoredReader = async (address) => {
  await import(address);
  const canvas = document.createElement("canvas");
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, 640 / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = drawing.getImageData(0, 0, canvas.width, canvas.height);
    return self.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data ?? "";
  };
};

const sleep = (time) => new Promise((resolve) => { setTimeout(resolve, time); });

// Looks until it is stopped; calls found(text). Returns a function that stops it.
export const watch = async (video, vendored, found) => {
  const read = (await ownReader().catch(() => null)) ?? (await vendoredReader(vendored));
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1280 } },
  });
  video.srcObject = stream;
  await video.play();
  let watching = true;
  let [last, lastAt] = ["", 0];
  (async () => {
    while (watching) {
      const text = video.videoWidth ? await read(video).catch(() => "") : "";
      const isNew = text && (text !== last || Date.now() - lastAt > SAME_AGAIN);
      if (text) [last, lastAt] = [text, Date.now()];
      if (isNew && watching) await found(text);
      await sleep(PAUSE);
    }
  })();
  return () => {
    watching = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
};
