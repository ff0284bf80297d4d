// A walk behind a proxy: a browser is stopped, signs in, and comes back to where it wanted to go (contract standards 11; decision 0045).
import { hidden } from './account.mjs';
import { Visit, decoded, shown } from './visit.mjs';

const [SIGN_IN, COOKIE] = ['/account/sign-in', 'credence-visit'];

/** Where the proxy is that asks; the cookie reaches hosts of the pages' name. */
export const BEHIND = '127.0.0.1:9';

/** The rules of an installation with one service behind a proxy, for people alone. */
export const RULES = { routes: [{ host: BEHIND, path: '/files', admit: ['people'] }] };

/** @param {{ada: import('./people.mjs').Person}} account of somebody */
export async function behindProxy(walk, { ada }) {
  const visit = new Visit(walk);
  const ask = (headers = {}) => walk.api('GET', '/forward-auth', {
    headers: { accept: 'text/html', 'x-forwarded-for': visit.address, 'x-forwarded-method': 'GET', 'x-forwarded-proto': 'http', 'x-forwarded-host': BEHIND, 'x-forwarded-uri': '/files/a', ...headers },
  });
  shown(await ask({ 'x-forwarded-uri': '/elsewhere' }), 403);
  shown(await visit.get(shown(await ask(), 302).headers.location));
  const enter = (password) => visit.post(SIGN_IN, { who: ada.name, password, next: decoded(hidden(visit.page, 'next')) });
  shown(await enter('not the password'), 401);
  walk.did('identity_sign_in_total', { scheme: 'username', result: 'auth.invalid_credentials' });
  const { location } = shown(await enter(ada.password), 303).headers;
  walk.did('identity_sign_in_total', { scheme: 'username', result: 'success' });
  shown(await visit.get(location));
  shown(await ask({ cookie: `${COOKIE}=${visit.cookie(COOKIE)}` }));
  shown(await ask({ cookie: `${COOKIE}=a.b.c` }), 302);
  shown(await visit.get('/account/onward?return=a.b.c')); // a page that says so
}
