// At the door: reads a QR with the camera where the browser can, and fills in the form.
// Typing (or a hand scanner that types) always works; this only saves the typing.
//
//   <form method="post" data-scan>
//     <input name="code"> <button type="button" data-scan-start hidden>…</button>
//     <video data-scan-video hidden muted playsinline></video>
//   </form>

const start = async (form, video, detector) => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const look = async () => {
    const [found] = await detector.detect(video);
    if (!found) {
      requestAnimationFrame(look);
      return;
    }
    stream.getTracks().forEach((track) => track.stop());
    form.elements.code.value = found.rawValue;
    form.requestSubmit();
  };
  look();
};

for (const form of document.querySelectorAll("form[data-scan]")) {
  const button = form.querySelector("[data-scan-start]");
  const video = form.querySelector("[data-scan-video]");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices || !button || !video) continue;
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  button.hidden = false;
  button.addEventListener("click", () => {
    start(form, video, detector).catch(() => {
      button.hidden = true;
      form.elements.code.focus();
    });
  });
}
