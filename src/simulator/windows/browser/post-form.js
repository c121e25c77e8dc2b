// Posts the page's form by itself; its button is for browsers that run no scripts.
(() => {
  const [form] = document.forms;
  if (form) HTMLFormElement.prototype.submit.call(form);
})();
