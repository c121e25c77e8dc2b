// A payment window in a frame ends on a page of ours: that one takes the whole window. Around a
// shop's own page the browser may forbid it, where nobody has pressed anything; then the page stays.

if (window.top !== null && window.top !== window.self) {
  try {
    window.top.location.replace(window.location.href);
  } catch {
    // Somebody else's page is around this one.
  }
}
