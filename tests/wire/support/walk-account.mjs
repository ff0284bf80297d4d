// A walk through the pages of an account with plain posts: each form as it does what it says, and as it is refused (contract identity B.5; docs/decisions/0044).
import { randomUUID } from 'node:crypto';
import { hidden } from './account.mjs';
import { codeMailed, otherThan } from './codes.mjs';
import { Person } from './people.mjs';
import { App } from './totp.mjs';
import { Visit, shown } from './visit.mjs';
import { deviceOf } from './walk-passkeys.mjs';

const SIGN_IN = '/account/sign-in';

/** Somebody signs up, gets about their account, and is signed in at the end: them, their browser and their passkey. */
export async function accountPages(walk) {
  const ada = new Person(walk);
  ada.email = `${ada.name}@example.test`;
  for (const personal of [ada.name, ada.email]) walk.personal.add(personal);
  const visit = new Visit(walk);
  await signUp(walk, ada, visit);
  await signIn(walk, ada, visit);
  await whoTheyAre(walk, ada, visit);
  const device = await passkeys(walk, visit);
  await password(walk, ada, visit);
  await twoSteps(walk, ada, visit);
  await recover(walk, ada, visit);
  shown(await visit.post(SIGN_IN, { who: ada.name, password: ada.password }), 303);
  walk.did('identity_sign_in_total', { scheme: 'username', result: 'success' });
  return { ada, visit, device };
}

async function signUp(walk, ada, visit) {
  shown(await visit.get('/account'), 303);
  shown(await visit.get('/account/sign-up'));
  shown(await visit.post('/account/sign-up', { username: 'x', password: ada.password }), 422);
  shown(await visit.post('/account/sign-up', { username: ada.name, email: ada.email, password: ada.password }, { origin: 'https://evil.example.com' }), 403);
  shown(await visit.post('/account/sign-up', { username: ada.name, email: ada.email, password: ada.password }), 303);
  walk.did('identity_sign_up_total', { result: 'success' });
  walk.did('identity_otp_requests_total', { namespace: 'verify-email', result: 'sent' });
  walk.mailed('welcome', 'verify-email');
  shown(await visit.post('/account/sign-up', { username: ada.name, password: ada.password }), 409);
  walk.did('identity_sign_up_total', { result: 'taken' });
  walk.keep(await codeMailed(walk.sink, ada.email, 1), 'code');
}

async function signIn(walk, ada, visit) {
  shown(await visit.get(SIGN_IN));
  shown(await visit.post(SIGN_IN, { who: ada.name, password: 'not the password' }), 401);
  walk.did('identity_sign_in_total', { scheme: 'username', result: 'auth.invalid_credentials' });
  shown(await visit.post(SIGN_IN, { who: ada.name, password: ada.password }), 303);
  walk.did('identity_sign_in_total', { scheme: 'username', result: 'success' });
  shown(await visit.get('/account'));
}

/** What they say of themselves, and the address that they prove. */
async function whoTheyAre(walk, ada, visit) {
  walk.personal.add('Lovelace-Byron');
  shown(await visit.get('/account/profile'));
  shown(await visit.post('/account/profile', { first: 'Augusta', last: 'Lovelace-Byron', birthday: 'soon' }), 422);
  shown(await visit.post('/account/profile', { first: 'Augusta', last: 'Lovelace-Byron' }), 303);

  const at = '/account/identifiers';
  shown(await visit.get(at));
  shown(await visit.post(at, { do: 'add', what: 'no address' }), 422);
  const asked = shown(await visit.post(at, { do: 'add', what: ada.email }));
  walk.did('identity_otp_requests_total', { namespace: 'add-email', result: 'sent' });
  walk.mailed('add-email');
  const [code, confirm] = [await codeMailed(walk.sink, ada.email, 2), { do: 'confirm', what: ada.email, session: hidden(asked, 'session') }];
  shown(await visit.post(at, { ...confirm, code: otherThan(code) }), 400);
  walk.did('identity_otp_verifications_total', { namespace: 'add-email', result: 'invalid' });
  shown(await visit.post(at, { ...confirm, code }), 303);
  walk.did('identity_otp_verifications_total', { namespace: 'add-email', result: 'ok' });
  await guess(walk, visit, at);
}

/** Somebody guesses the code of an address until it is shut. */
async function guess(walk, visit, at) {
  const other = `${randomUUID()}@example.test`;
  walk.personal.add(other);
  const session = hidden(shown(await visit.post(at, { do: 'add', what: other })), 'session');
  walk.did('identity_otp_requests_total', { namespace: 'add-email', result: 'sent' });
  walk.mailed('add-email');
  const code = otherThan(await codeMailed(walk.sink, other, 1));
  for (const status of [400, 400, 400, 400, 400, 423]) shown(await visit.post(at, { do: 'confirm', what: other, session, code }), status);
  walk.did('identity_otp_verifications_total', { namespace: 'add-email', result: 'invalid' }, 5);
  walk.did('identity_otp_verifications_total', { namespace: 'add-email', result: 'locked' });
  walk.told('otp.locked', { 'otp.namespace': 'add-email' });
  walk.told('otp.refused', { 'otp.namespace': 'add-email', result: 'locked' });
}

/** Adds a passkey, and signs in with it: their device. */
async function passkeys(walk, visit) {
  const [own, at, device] = ['/account/passkeys', `${SIGN_IN}/passkey`, deviceOf(walk)];
  const refused = () => {
    walk.did('identity_sign_in_total', { scheme: 'passkey', result: 'auth.invalid_credentials' });
    walk.told('sign_in.refused', { 'identifier.scheme': 'passkey', reason: 'auth.invalid_credentials' });
  };
  shown(await visit.get(own));
  shown(await visit.post(own, { do: 'add', name: 'Laptop', passkey: visit.made(deviceOf(walk), { client: { origin: 'https://evil.example.com' } }) }), 400);
  shown(await visit.post(own, { do: 'add', name: 'Laptop', passkey: visit.made(device) }), 303);
  walk.mailed('passkey-added');
  const passkeyId = hidden(await visit.get(own), 'what');
  shown(await visit.post('/account', { do: 'sign-out' }), 303);

  shown(await visit.get(at));
  shown(await visit.post(at, { passkey: visit.used(device, { rpId: 'evil.example.com' }) }), 401);
  refused();
  shown(await visit.post(at, { passkey: visit.used(device) }), 303);
  walk.did('identity_sign_in_total', { scheme: 'passkey', result: 'success' });
  shown(await visit.get(at));
  shown(await visit.post(at, { passkey: visit.used(device, { signCount: 1 }) }), 401);
  refused();
  walk.told('passkey.counter_went_back', { passkeyId, signCount: 1 });
  shown(await visit.get('/account'));
  return device;
}

async function password(walk, ada, visit) {
  const [at, next] = ['/account/password', `another ${randomUUID()}`];
  shown(await visit.get(at));
  shown(await visit.post(at, { old: 'not the password', new: next }), 401);
  shown(await visit.post(at, { old: ada.password, new: next }), 303);
  ada.password = next;
  walk.mailed('password-changed');
}

/** Codes of an app: turned on, asked for, and turned off. */
async function twoSteps(walk, ada, visit) {
  const [at, step] = ['/account/two-step', `${SIGN_IN}/second-step`];
  shown(await visit.get(at));
  shown(await visit.post(at, { do: 'ask-nobody' }), 400);
  shown(await visit.get(at));
  shown(await visit.post(at, { do: 'add-app' }), 303);
  const app = new App(shown(await visit.get(`${at}/app`)).text.match(/href="(otpauth:[^"]+)"/)[1].replaceAll('&amp;', '&'));
  walk.secrets.set(app.url.searchParams.get('secret'), 'secret of an app');
  shown(await visit.post(`${at}/app`, { code: app.wrong() }), 400);
  const codes = [...shown(await visit.post(`${at}/app`, { code: await app.code() })).text.matchAll(/<code>([^<]+)<\/code>/g)].map(([, code]) => code);
  for (const code of codes) walk.secrets.set(code, 'recovery code');
  walk.mailed('second-factor-added');
  shown(await visit.get('/account'));
  shown(await visit.post('/account', { do: 'sign-out' }), 303);

  const enter = async () => {
    shown(await visit.post(SIGN_IN, { who: ada.name, password: ada.password }), 303);
    walk.did('identity_sign_in_total', { scheme: 'username', result: 'second_factor' });
    shown(await visit.get(step));
  };
  const finish = async (scheme, code, status, result) => {
    shown(await visit.post(step, { with: scheme, code }), status);
    walk.did('identity_sign_in_total', { scheme, result });
    if (status === 401) walk.told('sign_in.refused', { 'identifier.scheme': scheme, reason: result });
  };
  await enter();
  await finish('totp', app.wrong(), 401, 'auth.second_factor_invalid');
  await finish('totp', await app.code(), 303, 'success');
  await enter();
  await finish('recovery_code', codes[0], 303, 'success');
  walk.mailed('recovery-code-used');
  shown(await visit.get(at));
  shown(await visit.post(at, { do: 'change', what: 'totp', password: 'not the password' }), 401);
  shown(await visit.post(at, { do: 'change', what: 'totp', password: ada.password }), 303);
  walk.mailed('second-factor-removed');
}

async function recover(walk, ada, visit) {
  const [at, next] = ['/account/recover', `twelve ${randomUUID()}`];
  shown(await visit.get(at));
  shown(await visit.post(at, { do: 'request', who: '@' }), 422);
  const session = hidden(shown(await visit.post(at, { do: 'request', who: ada.email })), 'session');
  walk.did('identity_otp_requests_total', { namespace: 'forgot-password', result: 'sent' });
  walk.mailed('forgot-password');
  const code = await codeMailed(walk.sink, ada.email, 3);
  shown(await visit.post(at, { do: 'prove', who: ada.email, session, code: otherThan(code) }), 400);
  walk.did('identity_otp_verifications_total', { namespace: 'forgot-password', result: 'invalid' });
  const proven = shown(await visit.post(at, { do: 'prove', who: ada.email, session, code }));
  walk.did('identity_otp_verifications_total', { namespace: 'forgot-password', result: 'ok' });
  const reset = { do: 'reset', reset: hidden(proven, 'reset'), new: next };
  shown(await visit.post(at, { ...reset, new: 'short' }), 422);
  shown(await visit.post(at, reset), 303);
  ada.password = next;
  walk.mailed('password-changed');
  shown(await visit.get('/account'), 303); // every session of before is over
}
