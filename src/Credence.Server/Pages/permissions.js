// What a script adds to the permissions page: the token of a link is traded for a cookie that no script can read, and leaves the address; passkeys are made.
(() => {
  'use strict';
  const trade = () => {
    const token = new URLSearchParams(location.hash.slice(1)).get('session');
    if (!token) return;
    history.replaceState(null, '', location.pathname);

    const form = document.createElement('form');
    form.method = 'post';
    form.action = '/permissions';
    for (const [name, value] of [['do', 'open'], ['what', token]]) {
      const field = document.createElement('input');
      Object.assign(field, { type: 'hidden', name, value });
      form.append(field);
    }
    document.querySelector('main').replaceChildren(form);
    form.submit();
  };
  const add = document.getElementById('add-passkey');
  if (add) {
    passkeys.before(add, document.getElementById('problem'), async () => {
      const response = await passkeys.create(JSON.parse(add.dataset.options));
      return { do: 'add-passkey', what: JSON.stringify({ challengeId: add.dataset.challenge, response }) };
    });
  }

  addEventListener('hashchange', trade); // another link, opened where this page is already
  trade();
})();
