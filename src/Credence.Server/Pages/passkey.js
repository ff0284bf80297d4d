// Passkeys, for the pages that ask for one: the server's JSON becomes what the browser takes, and the other way round.
const passkeys = (() => {
  'use strict';
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const credential = ({ id, ...rest }) => ({ ...rest, id: bytes(id) });
  const answer = ({ id, rawId, type }, response) => ({ id, rawId: text(rawId), type, response });

  return {
    /** A new passkey. */
    async create({ challenge, user, excludeCredentials, ...rest }) {
      const publicKey = { ...rest, challenge: bytes(challenge), user: { ...user, id: bytes(user.id) }, excludeCredentials: excludeCredentials.map(credential) };
      const made = await navigator.credentials.create({ publicKey });
      const { clientDataJSON, attestationObject } = made.response;
      const transports = made.response.getTransports?.() ?? [];
      return answer(made, { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject), transports });
    },

    /** The use of one. */
    async get({ challenge, allowCredentials, ...rest }) {
      const publicKey = { ...rest, challenge: bytes(challenge), allowCredentials: allowCredentials.map(credential) };
      const used = await navigator.credentials.get({ publicKey });
      const { clientDataJSON, authenticatorData, signature, userHandle } = used.response;
      return answer(used, {
        clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature),
        ...(userHandle && { userHandle: text(userHandle) }),
      });
    },

    /** Before `form` is sent, `ask` is asked for the fields that go with it. What goes wrong stands in `problem`, and nothing is sent. */
    before(form, problem, ask) {
      let asking = false;
      form.addEventListener('submit', async (event) => {
        event.preventDefault();
        if (asking) return;
        asking = true;
        problem.hidden = true;
        try {
          if (!globalThis.PublicKeyCredential) throw new Error('This browser knows no passkeys, or not on this address');
          for (const [name, value] of Object.entries(await ask(event.submitter))) {
            const field = document.createElement('input');
            Object.assign(field, { type: 'hidden', name, value });
            form.append(field);
          }
          form.submit();
        } catch (error) {
          problem.textContent = error.name === 'NotAllowedError' ? 'Your passkey was not used: you cancelled, or it took too long. Nothing happened; try again.'
            : error.name === 'InvalidStateError' ? 'This device has a passkey here already.' : `${error.message}. Nothing happened.`;
          problem.hidden = false;
          form.classList.remove('sent');
          asking = false;
        }
      });
    },
  };
})();
