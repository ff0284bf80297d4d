// A walk through the people door: signing up and in, codes by mail and by short message (contract identity B.5 and B.6).
import { randomUUID } from 'node:crypto';
import { codeIn, otherThan, somePhone } from './codes.mjs';
import { ok } from './expect.mjs';
import { Person } from './people.mjs';
import { eventually } from './server.mjs';

export async function peopleDoor(walk) {
  const ada = new Person(walk);
  ada.email = `${ada.name}@example.test`;
  for (const personal of [ada.name, ada.email]) walk.personal.add(personal);
  const begun = ok(await ada.signUp({ email: ada.email, profile: { firstName: 'Augusta', lastName: 'Lovelace-King' } }), 201);
  walk.personal.add('Lovelace-King');
  walk.did('identity_sign_up_total', { result: 'success' });
  await ada.signUp();
  walk.did('identity_sign_up_total', { result: 'taken' });
  await walk.sink.mailTo(ada.email, 2);
  walk.mailed('welcome', 'verify-email');
  walk.did('identity_otp_requests_total', { namespace: 'verify-email', result: 'sent' });
  const code = codeIn(walk.sink.mails.find(({ to, text }) => to.includes(ada.email) && /^\d{6}(?=\s|$)/m.test(text)).text);
  const { sessionToken } = begun.verification;
  await ada.post('/auth/verify-email/confirm', { sessionToken, code: otherThan(code) });
  walk.did('identity_otp_verifications_total', { namespace: 'verify-email', result: 'invalid' });
  ok(await ada.post('/auth/verify-email/confirm', { sessionToken, code }));
  walk.did('identity_otp_verifications_total', { namespace: 'verify-email', result: 'ok' });

  const session = await ada.enter();
  await ada.signIn({ credential: { scheme: 'BASIC', value: 'not the password' } });
  await ada.signIn({ identifier: { scheme: 'EMAIL', value: ada.email } });
  walk.did('identity_sign_in_total', { scheme: 'username', result: 'success' });
  walk.did('identity_sign_in_total', { scheme: 'username', result: 'auth.invalid_credentials' });
  walk.did('identity_sign_in_total', { scheme: 'email', result: 'success' });
  ok(await ada.mine('GET', '/auth/who-am-i'));
  await ada.mine('GET', '/auth/who-am-i', { key: 'no.such.token' });
  ok(await ada.post('/auth/refresh', { refreshToken: session.refreshToken.value }));
  await ada.post('/auth/refresh', { refreshToken: 'nobodys refresh token' });

  const forgot = ok(await ada.post('/auth/forgot-password/request', { identifier: { scheme: 'EMAIL', value: ada.email } }));
  walk.did('identity_otp_requests_total', { namespace: 'forgot-password', result: 'sent' });
  await ada.post('/auth/forgot-password/request', { identifier: { scheme: 'EMAIL', value: ada.email } });
  walk.did('identity_otp_requests_total', { namespace: 'forgot-password', result: 'cooldown' });
  const reset = codeIn((await walk.sink.mailTo(ada.email, 3)).text);
  const proof = ok(await ada.post('/auth/forgot-password/verify', { sessionToken: forgot.sessionToken, code: reset }));
  walk.did('identity_otp_verifications_total', { namespace: 'forgot-password', result: 'ok' });
  await ada.post('/auth/forgot-password/reset', { resetToken: proof.resetToken, newCredential: `another ${randomUUID()}` });
  await walk.sink.mailTo(ada.email, 4);
  walk.mailed('forgot-password', 'password-changed');
}

/** Somebody signs in by telephone; the code comes by short message. */
export async function telephone(walk) {
  const bob = new Person(walk, { phone: somePhone() });
  walk.personal.add(bob.phone);
  const { verification } = ok(await bob.signUp({ phone: bob.phone }), 201);
  walk.did('identity_sign_up_total', { result: 'success' });
  walk.did('identity_otp_requests_total', { namespace: 'verify-phone', result: 'sent' });
  const texts = () => walk.texts.received.filter(({ body }) => JSON.parse(body).to === bob.phone);
  await eventually(() => texts().length > 0, 'the short message', 20);
  walk.did('identity_sms_send_total', { template: 'verify-phone', result: 'sent' });
  const code = codeIn(JSON.parse(texts()[0].body).text);
  ok(await bob.post('/auth/verify-phone/confirm', { sessionToken: verification.sessionToken, code }));
  walk.did('identity_otp_verifications_total', { namespace: 'verify-phone', result: 'ok' });
}
