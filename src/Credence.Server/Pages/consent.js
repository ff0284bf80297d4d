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
    const answer = await fetch(`/v1/consent/${encodeURIComponent(form.elements.req.value)}`).catch(() => null);
    if (answer?.status === 404 || answer?.status === 410) location.reload();
  });
})();
