// A button that is pressed twice, as impatient people do, sends the form once.
(() => {
  let isSent = false;
  document.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  // Who comes back to the page finds its buttons alive.
  window.addEventListener("pageshow", () => {
    isSent = false;
  });
})();
