// What a script adds to the pages of an account: passkeys are made and used.
(() => {
  'use strict';
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    passkeys.before(form, document.getElementById('problem'), async () => {
      const response = await passkeys[form.dataset.passkey](JSON.parse(form.dataset.options));
      return { passkey: JSON.stringify({ challengeId: form.dataset.challenge, response }) };
    });
  }
})();
