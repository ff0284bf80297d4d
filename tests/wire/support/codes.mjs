// One-time codes as their receivers see them: in the mail that a mail server took, and in the short message that development shows instead of sending (identity B.6).
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { ok } from './expect.mjs';
import { Person } from './people.mjs';
import { eventually } from './server.mjs';

/** A number that no other test has. */
export const somePhone = () => `+849${randomInt(10_000_000, 99_999_999)}`;

/** A code begins its line: there are digits in the headers of a mail and in links, too. */
export const CODE = /^\d{6}(?=\s|$)/m;

/** The code in a text. */
export function codeIn(text) {
  assert.match(text, CODE);
  return text.match(CODE)[0];
}

/** A code that it is not. */
export const otherThan = (code) => (code === '000000' ? '111111' : '000000');

/** The code of the newest of `count` mails to an address. */
export const mailed = async (sink, address, count = 1) => codeIn((await sink.mailTo(address, count)).text);

/** The code of the mail to an address that is the `count`th with one; others may come between. */
export async function codeMailed(sink, address, count) {
  const found = () => sink.mails.filter(({ to, text }) => to.includes(address) && CODE.test(text));
  await eventually(() => found().length >= count, () => `${count} codes mailed to ${address}`);
  return codeIn(found()[count - 1].text);
}

/** The newest of `count` short messages to a number. */
export async function texted(server, number, count = 1) {
  const shown = await server.logged(({ msg, channel, to }) => msg === 'message.shown' && channel === 'sms' && to === number, count);
  return shown.at(-1).text;
}

/** What an OTP request answers: that, and nothing else. */
export function sent(answer) {
  const session = ok(answer);
  assert.deepEqual(Object.keys(session), ['sessionToken', 'expiresAt']);
  const left = Date.parse(session.expiresAt) - Date.now();
  assert.ok(left > 500_000 && left <= 600_000, session.expiresAt);
  return session.sessionToken;
}

/** Somebody who signed up with an address, and proved it. */
export async function proven(server, sink, fields = {}) {
  const person = new Person(server);
  person.email = `${person.name}@example.test`;
  const begun = ok(await person.signUp({ email: person.email, ...fields }), 201);
  person.id = begun.userId;
  const code = codeIn((await verification(sink, person.email)).text);
  ok(await person.post('/auth/verify-email/confirm', { sessionToken: begun.verification.sessionToken, code }));
  return person;
}

/** Of the two mails that a sign-up sends, the one with the code. */
export async function verification(sink, address) {
  await sink.mailTo(address, 2);
  return sink.mails.find(({ to, text }) => to.includes(address) && CODE.test(text));
}
