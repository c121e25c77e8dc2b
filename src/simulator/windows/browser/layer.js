// What the stand-ins of the gateways' scripts share: a form that is posted, and a layer on the page.
(() => {
  /** @param {Readonly<Record<string, string>>} fields @param {{action: string, target: string, charset: string}} how */
  function post(fields, { action, target, charset }) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = action;
    form.target = target;
    form.acceptCharset = charset;
    form.hidden = true;
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.body.append(form);
    // A field named "submit" would hide the form's own method.
    HTMLFormElement.prototype.submit.call(form);
    form.remove();
  }

  /** @param {string} name @param {string} title */
  function openLayer(name, title) {
    const layer = document.createElement("dialog");
    layer.setAttribute("aria-label", title);
    Object.assign(layer.style, {
      boxSizing: "border-box",
      width: "min(30rem, 100vw)",
      maxWidth: "100vw",
      height: "min(48rem, 100vh)",
      maxHeight: "100vh",
      padding: "0",
      border: "1px solid #767676",
      background: "#fff",
    });
    const frame = document.createElement("iframe");
    frame.name = name;
    frame.title = title;
    Object.assign(frame.style, { width: "100%", height: "calc(100% - 2.75rem)", border: "0" });
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "창 닫기 Close the layer";
    // Nothing of the style that the merchant's page gives to its own buttons.
    Object.assign(button.style, {
      all: "initial",
      boxSizing: "border-box",
      width: "100%",
      height: "2.75rem",
      borderTop: "1px solid #767676",
      background: "#f3f4f6",
      color: "#222",
      font: "16px/1 system-ui, sans-serif",
      textAlign: "center",
      cursor: "pointer",
    });
    const close = () => layer.remove();
    button.addEventListener("click", close);
    // The Escape key closes it too, where the frame has not the focus.
    layer.addEventListener("close", close);
    layer.append(frame, button);
    document.body.append(layer);
    layer.showModal();
    return { frame, close };
  }

  window.simulatorWindows ??= { post, openLayer };
})();
