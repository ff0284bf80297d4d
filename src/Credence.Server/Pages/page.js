// What a script can add to pages that work without one: the reader's own clock, and forms that are sent once.
(() => {
  'use strict';
  const clock = { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' };
  for (const time of document.querySelectorAll('time')) time.textContent = new Date(time.dateTime).toLocaleString('en-GB', clock);

  for (const form of document.forms) {
    form.addEventListener('submit', (event) => {
      if (form.classList.contains('sent')) event.preventDefault();
      form.classList.add('sent');
    });
  }
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
})();
