// The page after a payment window: while the payment is confirmed it asks by itself how it ended.
// Without this script the browser loads the page again instead.

/** The first questions come quickly: most payments are told within a second. */
const FIRST_PAUSE_S = 0.5;

/** Seconds until the page is to be asked again; nothing once the payment is settled. */
function secondsToNext() {
  const seconds = Number(document.querySelector("main")?.dataset["refresh"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

async function readAgain() {
  const response = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!response.ok) return;
  const read = new DOMParser().parseFromString(await response.text(), "text/html");
  const [now, then] = [read.querySelector("main"), document.querySelector("main")];
  if (now === null || then === null || now.outerHTML === then.outerHTML) return;
  document.title = read.title;
  // The element stays, so that what changed in it is read out.
  then.replaceChildren(...now.childNodes);
  then.dataset["refresh"] = now.dataset["refresh"] ?? "";
}

let pauseS = FIRST_PAUSE_S;
for (let seconds = secondsToNext(); seconds !== null; seconds = secondsToNext()) {
  const pauseMs = Math.min(pauseS, seconds) * 1000;
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  pauseS *= 2;
  // A server that is away for a moment is asked again.
  await readAgain().catch(() => {});
}
