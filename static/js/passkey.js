// Security keys and passkeys: asks the browser, puts its answer in the form, sends the form.
(function () {
  "use strict";
  const form = document.querySelector("form[data-passkey]");
  if (!form) { return; }
  const problem = form.querySelector(".problem");
  const supported = window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON;
  form.addEventListener("submit", async function (event) {
    if (form.elements.credential.value) { return; }
    event.preventDefault();
    if (!supported) {
      problem.textContent = "Ce navigateur ne sait pas utiliser une clé. Choisissez un code.";
      return;
    }
    try {
      const options = JSON.parse(form.dataset.options).publicKey;
      const answer = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.credential.value = JSON.stringify(answer.toJSON());
      form.submit();
    } catch (error) {
      problem.textContent = "La clé n’a pas répondu. Réessayez, ou choisissez un code.";
    }
  });
})();
