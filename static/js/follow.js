// A page that follows by itself: what stands in [data-follow="15"] is fetched anew every so many
// seconds and put in place, without a jump, and not while somebody is at a button in it. Without
// JavaScript the head reloads the page.

const box = document.querySelector("[data-follow]");
let known = null;

const isInUse = () => box.contains(document.activeElement) || box.querySelector("details[open]");

const again = () => setTimeout(follow, Number(box.dataset.follow) * 1000);

const follow = async () => {
  try {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.querySelector("[data-follow]");
    if (!answer.ok || !next) {
      location.reload();
      return;
    }
    const told = next.innerHTML;
    // Buttons that other scripts have found stay as long as nothing has changed.
    if (known !== null && told !== known) {
      if (isInUse()) return again();
      box.replaceChildren(...next.childNodes);
    }
    known = told;
  } catch {
    // No network for the moment: the next turn asks again.
  }
  return again();
};

if (box) follow();
