// What a script adds to the consent page: the time left, and no accidental decisions.
(() => {
  'use strict';
  const form = document.querySelector('form.decide');
  if (!form) return;

  // A page that lures somebody into a double click and vanishes between the clicks must not leave the second one on Approve.
  const settle = () => {
    form.classList.add('settling');
    setTimeout(() => form.classList.remove('settling'), 600);
  };
  addEventListener('focus', settle);
  settle();

  // Where a passkey decides, it is asked first and goes with the decision.
  const request = form.elements.req.value;
  if (form.dataset.passkey) {
    passkeys.before(form, document.getElementById('problem'), async (button) => {
      if (form.dataset.options) {
        const response = await passkeys.get(JSON.parse(form.dataset.options));
        return { decision: button.value, passkey: JSON.stringify({ challengeId: form.dataset.challenge, response }) };
      }
      const asked = await fetch('/v1/webauthn/assert/options', {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ authRequestId: request }),
      });
      const { challengeId, publicKey, message } = await asked.json();
      if (!asked.ok) throw new Error(message);
      return { decision: button.value, passkey: JSON.stringify({ challengeId, response: await passkeys.get(publicKey) }) };
    });
  }

  // Measured from the server's answer, so that a wrong clock here neither closes the page early nor reloads it for ever.
  const left = document.getElementById('left');
  const end = performance.now() + Number(left.dataset.seconds) * 1000;
  const tick = () => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    const minutes = Math.ceil(seconds / 60);
    if (seconds < -1) location.reload();
    else left.textContent = seconds < 60 ? ` (${Math.max(seconds, 0)} s left)` : minutes < 120 ? ` (${minutes} min left)` : '';
  };
  setInterval(tick, 1000);
  tick();

  // Decided in another window, or expired while this one slept: the server says which.
  document.addEventListener('visibilitychange', async () => {
    if (document.visibilityState !== 'visible' || form.classList.contains('sent')) return;
    const answer = await fetch(`/v1/consent/${encodeURIComponent(request)}`).catch(() => null);
    if (answer?.status === 404 || answer?.status === 410) location.reload();
  });
})();
