// What is nobody else's business, known by the name under which it goes over the wire, and the search for it in what was written.
const NAMES = new RegExp(`^(?:${[
  '(?:api|session|grant|refresh|access|id|reset|subject)?_?token', '.*secret', '.*password', '.*credential', 'apiKey', 'code', 'code_?verifier', 'client_assertion', 'jwt',
  'cookie', 'state', 'nonce', 'authRequestId', // whoever holds the link of a consent request may decide it
  'challenge', 'signature', 'clientDataJSON', 'attestationObject', 'authenticatorData', 'userHandle', // of a passkey
  'old', 'new', 'session', 'reset', 'return', // of pages
].join('|')})$`, 'i');

/** The secrets in a value that goes over the wire under a name: [secret, its own name] each; that of a `value` is the name of what it is the value of. */
export function* secretsIn(value, name = '') {
  if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) yield* secretsIn(inner, key === 'value' ? name : key);
  else if (typeof value === 'string' && value.startsWith('{"challengeId"')) yield* secretsIn(JSON.parse(value)); // what a page's script says of a passkey
  else if (typeof value === 'string' && NAMES.test(name) && /^\d{6}$|^.{12,}$/.test(value) && !value.startsWith('http')) yield [value, name];
}

/** Which of these values stand in a text; a code of six digits not as part of a number or an id. */
export function found(text, values) {
  return [...values].filter((value) => (/^\d{6}$/.test(value) ? new RegExp(`(?<![\\w-])${value}(?!\\d)`).test(text) : text.includes(value)));
}
