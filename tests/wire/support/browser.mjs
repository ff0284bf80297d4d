// Chromium as people have it, and a callback address as a developer has it.
import assert from 'node:assert/strict';
import http from 'node:http';
import { chromium } from 'playwright-core';

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--host-resolver-rules=MAP *.example.com 127.0.0.1', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** Runs `body` with a new page; afterwards the browser must have complained of nothing and asked nobody but `hosts` for anything. */
export async function withPage(options, hosts, body) {
  const browser = await chromium.launch({ executablePath: PROGRAM, args: ARGUMENTS });
  try {
    const page = await (await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })).newPage();
    const complaints = [];
    const asked = new Set();
    page.on('console', (message) => {
      const answered = message.text().startsWith('Failed to load resource: the server responded'); // an answer, which the page deals with
      if (['error', 'warning'].includes(message.type()) && !answered) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => request.url().startsWith('http') && asked.add(new URL(request.url()).origin));
    await body(page);
    assert.deepEqual(complaints, [], 'the browser complained');
    assert.deepEqual([...asked].filter((origin) => !hosts.includes(origin)), [], 'the page asked others for something');
  } finally {
    await browser.close();
  }
}

/** Gives the page an authenticator that makes passkeys and verifies its owner, or says that it could not; `change` tells it otherwise later. */
export async function authenticatorOf(page, { isUserVerified = true, transport = 'internal' } = {}) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport, hasResidentKey: true, hasUserVerification: true, isUserVerified, automaticPresenceSimulation: true },
  });
  return {
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    verifies: (is) => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: is }),
    forgets: () => session.send('WebAuthn.clearCredentials', { authenticatorId }),
    /** Becomes a copy that was taken when its keys had signed so often. */
    goesBackTo: async (signCount) => {
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId });
      await session.send('WebAuthn.clearCredentials', { authenticatorId });
      for (const credential of credentials) await session.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount } });
    },
  };
}

/** A developer's site. It sends the browser on to another origin of its own, as real ones do after sign-in; `arrived` is the callback's address. */
export async function developerSite() {
  const listen = (answer) => new Promise((resolve) => {
    const site = http.createServer(answer).listen(0, '127.0.0.1', () => resolve({ site, origin: `http://127.0.0.1:${site.address().port}` }));
  });
  const page = (response, text) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<!DOCTYPE html><link rel="icon" href="data:,"><p>${text}`);

  let arrive;
  let headers;
  const arrived = new Promise((resolve) => { arrive = resolve; });
  const home = await listen((request, response) => page(response, 'home'));
  const callback = await listen((request, response) => {
    headers = request.headers;
    arrive(new URL(request.url, callback.origin));
    response.writeHead(302, { location: `${home.origin}/home` }).end();
  });
  return {
    origins: [callback.origin, home.origin],
    callback: `${callback.origin}/done?tenant=7&state=theirs#part`,
    home: `${home.origin}/home`,
    arrived,
    headers: () => headers,
    close: () => { for (const { site } of [home, callback]) { site.closeAllConnections(); site.close(); } },
  };
}

/** Every text on the page with its contrast against what lies behind it (WCAG 2.2, 1.4.3), from computed styles. */
export function contrasts(page) {
  return page.evaluate(() => {
    const channels = (color) => color.match(/[\d.]+/g).map(Number);
    const luminance = (color) => {
      const [r, g, b] = channels(color).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = getComputedStyle(at).backgroundColor;
        if ((channels(color)[3] ?? 1) === 1) return color;
      }
      return 'rgb(255, 255, 255)';
    };
    const texts = [...document.querySelectorAll('body *')].filter((element) =>
      element.tagName !== 'SCRIPT' && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
    return texts.map((element) => {
      const [light, dark] = [luminance(getComputedStyle(element).color), luminance(ground(element))].sort((a, b) => b - a);
      return { text: element.textContent.trim().slice(0, 40), ratio: (light + 0.05) / (dark + 0.05) };
    });
  });
}

/** The focused element, as a person sees it: its text, and whether an outline of at least 2 px surrounds it. */
export function focused(page) {
  return page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    return { text: document.activeElement.textContent.trim(), outlined: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
  });
}
