// The pages of an account as their visitors and other programs use them.
import assert from 'node:assert/strict';
import { ok } from './expect.mjs';
import { Person } from './people.mjs';

/** Somebody with an account, who is not signed in anywhere. */
export async function somebody(server) {
  const person = new Person(server);
  person.id = ok(await person.signUp(), 201).userId;
  return person;
}

/** Signs in with the form that the page shows. */
export async function enter(page, person, password = person.password) {
  await page.getByLabel('User name, e-mail address or phone number').fill(person.name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** A page with the session of somebody signed in. */
export async function signedIn(page, server, person) {
  await page.goto(`${server.base}/account/sign-in`);
  await enter(page, person);
  await page.waitForURL(`${server.base}/account`);
}

/** A form as a browser sends it. */
export const form = (server, at, fields, headers = {}) =>
  server.api('POST', at, { body: new URLSearchParams(fields).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });

/** The cookie of somebody who signs in with the form. */
export async function cookieOf(server, person) {
  const answer = await form(server, '/account/sign-in', { who: person.name, password: person.password });
  assert.equal(answer.status, 303, answer.text);
  return [answer.headers['set-cookie']].flat()[0].split(';')[0];
}

/** What a page that is shown to a session writes into its forms. */
export async function tokenOf(server, cookie, at = '/account') {
  return hidden(await server.api('GET', at, { headers: { cookie } }), 'token');
}

/** A hidden field of a page. */
export const hidden = ({ text }, name) => text.match(new RegExp(`name="${name}" value="([^"]+)"`))?.[1];

/** A page without what differs each time. */
export const still = ({ text }) => text.replace(/[0-9a-f]{32}/g, 'NONCE').replace(/name="(session|who|what)" value="[^"]*"/g, '$1');

export const heading = (page) => page.getByRole('heading', { level: 1 }).innerText();
