// Second factors on the pages of an account, in Chromium: turned on, asked for, and turned off, without a script where none is needed (docs/decisions/0044).
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import jsQR from 'jsqr';
import { authenticatorOf, contrasts, withPage } from './support/browser.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok } from './support/expect.mjs';
import { newcomer } from './support/people.mjs';
import { freePort } from './support/server.mjs';
import { App, bytesOf } from './support/totp.mjs';

const PICTURES = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../artifacts/two-step');
const PORT = String(await freePort());
const BASE = `http://localhost:${PORT}`; // browsers know no passkeys at an IP address
const STEP = `${BASE}/account/sign-in/second-step`;

async function enter(page, person, then = `${BASE}/account`) {
  await page.goto(`${BASE}/account/sign-in`);
  await page.getByLabel('User name, e-mail address or phone number').fill(person.name);
  await page.getByLabel('Password').fill(person.password);
  await page.getByLabel('Password').press('Enter');
  await page.waitForURL(then);
}

async function signOut(page) {
  await page.goto(`${BASE}/account`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${BASE}/account/sign-in?said=signed-out`);
}

/** Turns codes of an app on: the app, and the recovery codes that are shown. */
async function turnOn(page, look = async () => {}) {
  await page.goto(`${BASE}/account/two-step`);
  await page.getByRole('button', { name: 'Turn on codes of an app' }).click();
  await page.waitForURL(`${BASE}/account/two-step/app`);
  const app = new App(await page.getByRole('link', { name: 'Open it in an app on this device' }).getAttribute('href'));
  await look('app');
  await page.getByLabel('Six digits').fill(await app.code());
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByRole('heading', { name: 'Keep these recovery codes' }).waitFor();
  await look('codes');
  const codes = await page.locator('.kept code').allInnerTexts();
  assert.equal(new Set(codes).size, 10);
  await page.getByRole('link', { name: 'I have kept them' }).click();
  await page.waitForURL(`${BASE}/account/two-step`);
  return { app, codes };
}

/** What a telephone reads in the picture: its pixels as Chromium draws them, read by a program that is not ours. */
async function scan(page) {
  const picture = await page.evaluate(async () => {
    const svg = document.querySelector('.qr svg').cloneNode(true);
    const image = new Image();
    image.src = `data:image/svg+xml;base64,${btoa(svg.outerHTML)}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 400, height: 400 });
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 400, 400);
    context.drawImage(image, 0, 0, 400, 400);
    return [...context.getImageData(0, 0, 400, 400).data];
  });
  return jsQR(Uint8ClampedArray.from(picture), 400, 400)?.data;
}

onEachEngine('two steps on the pages', (test) => {
  test('a person turns codes on, is asked for them, and turns them off, without any script', async (server) => {
    const person = await newcomer(server);
    await withPage({ javaScriptEnabled: false }, [BASE], async (page) => {
      await enter(page, person);
      await page.getByText('your password is all it takes').waitFor();
      await page.getByRole('link', { name: 'Turn on' }).click();
      const { app, codes } = await turnOn(page);
      await page.getByText('10 are left').waitFor();

      await signOut(page);
      await enter(page, person, STEP);
      await page.goto(`${BASE}/account`);
      await page.waitForURL(/\/account\/sign-in/); // one step opens nothing
      await page.goto(STEP);
      assert.equal(await page.evaluate(() => document.activeElement.id), 'code');
      await page.keyboard.type(app.wrong());
      await page.keyboard.press('Enter');
      await page.getByText('That is not the code your app shows now').waitFor();
      await page.keyboard.type(await app.code());
      await page.keyboard.press('Enter');
      await page.waitForURL(`${BASE}/account`);

      await signOut(page);
      await enter(page, person, STEP);
      await page.getByRole('link', { name: 'Use a recovery code instead' }).click();
      await page.getByLabel('One of your recovery codes').fill(codes[0]);
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.waitForURL(`${BASE}/account`);

      await page.goto(`${BASE}/account/two-step`);
      await page.getByText('9 are left').waitFor();
      await page.getByRole('button', { name: 'Turn off codes of the app' }).click();
      await page.getByText('Type your password, or a code').waitFor();
      await page.getByLabel('Your password').fill('wrong');
      await page.getByRole('button', { name: 'Turn off codes of the app' }).click();
      await page.getByText('That password or code is not right').waitFor();
      await page.getByLabel('Your password').fill(person.password);
      await page.getByRole('button', { name: 'Turn off codes of the app' }).click();
      await page.getByText('You are asked for that no more').waitFor();
      await signOut(page);
      await enter(page, person);
    });
  });

  test('the picture says what stands below it, and the secret can be typed', async (server) => {
    const person = await newcomer(server);
    await withPage({}, [BASE], async (page) => {
      await enter(page, person);
      await page.goto(`${BASE}/account/two-step`);
      await page.getByRole('button', { name: 'Turn on codes of an app' }).click();
      const address = await page.getByRole('link', { name: 'Open it in an app on this device' }).getAttribute('href');
      assert.equal(await scan(page), address);
      const app = new App(address);
      assert.deepEqual(bytesOf((await page.locator('code').innerText()).replaceAll(' ', '')), app.secret);
      await page.getByLabel('Six digits').fill(app.wrong());
      await page.getByRole('button', { name: 'Turn it on' }).click();
      await page.getByText('That is not the code your app shows now').waitFor();
      assert.equal(await scan(page), address); // the same secret goes on
    });
  });

  test('five wrong codes lead back to the password, and the way back is kept', async (server) => {
    const person = await newcomer(server);
    await withPage({}, [BASE], async (page) => {
      await enter(page, person);
      const { app } = await turnOn(page);
      await signOut(page);
      await page.goto(`${BASE}/account/passkeys`);
      await page.getByLabel('User name, e-mail address or phone number').fill(person.name);
      await page.getByLabel('Password').fill(person.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${STEP}?next=%2Faccount%2Fpasskeys`);
      for (let wrong = 0; wrong < 5; wrong++) {
        await page.getByLabel('The code that your app shows').fill(app.wrong());
        await page.getByRole('button', { name: 'Go on' }).click();
        await page.getByText(wrong < 4 ? 'That is not the code' : 'That took too long, or was tried too often').waitFor();
      }
      await page.getByLabel('User name, e-mail address or phone number').fill(person.name);
      await page.getByLabel('Password').fill(person.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByLabel('The code that your app shows').fill(await app.code());
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.waitForURL(`${BASE}/account/passkeys`);
    });
  });

  test('a passkey besides the password: asked for, used, and no more asked for', async (server) => {
    const person = await newcomer(server);
    await withPage({}, [BASE], async (page) => {
      const device = await authenticatorOf(page);
      await enter(page, person);
      await page.goto(`${BASE}/account/passkeys`);
      await page.getByRole('button', { name: 'Add a passkey' }).click();
      await page.getByText('A passkey without a name').first().waitFor();
      ok(await person.signIn()); // a passkey alone changes nothing for the password

      await page.goto(`${BASE}/account/two-step`);
      await page.getByRole('button', { name: 'Turn on a passkey besides the password' }).click();
      const codes = await page.locator('.kept code').allInnerTexts();
      assert.equal(codes.length, 10);
      const asked = await person.signIn();
      assert.deepEqual(asked.json.secondFactor.factors, ['PASSKEY', 'RECOVERY_CODE']);

      await signOut(page);
      await enter(page, person, STEP);
      await device.verifies(false);
      await page.getByRole('button', { name: 'Use my passkey' }).click();
      await page.getByText(/Nothing happened/).waitFor();
      await device.verifies(true);
      await page.getByRole('button', { name: 'Use my passkey' }).click();
      await page.waitForURL(`${BASE}/account`);

      await page.goto(`${BASE}/account/two-step`);
      await page.getByLabel('Your password').fill(person.password);
      await page.getByRole('button', { name: 'Ask for a passkey no more' }).click();
      await page.getByText('You are asked for that no more').waitFor();
      ok(await person.signIn());
    });
  });

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1024]) {
      test(`${width} px wide in ${colorScheme}, everything can be read`, async (server) => {
        await mkdir(PICTURES, { recursive: true });
        const person = await newcomer(server);
        await withPage({ colorScheme, viewport: { width, height: 800 } }, [BASE], async (page) => {
          await authenticatorOf(page);
          const look = async (name) => {
            await page.screenshot({ path: path.join(PICTURES, `${name}-${width}-${colorScheme}.png`), fullPage: true });
            const pale = (await contrasts(page)).filter(({ ratio }) => ratio < 4.5);
            assert.deepEqual(pale, [], `${name}: hard to read`);
            assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
          };
          await enter(page, person);
          await look('account');
          await page.goto(`${BASE}/account/two-step`);
          await look('off');
          const { app } = await turnOn(page, look);
          await look('on');
          await page.goto(`${BASE}/account/passkeys`);
          await page.getByRole('button', { name: 'Add a passkey' }).click();
          await page.getByText('A passkey without a name').first().waitFor();
          await signOut(page);
          await enter(page, person, STEP);
          await look('step-app');
          await page.getByLabel('The code that your app shows').fill(app.wrong());
          await page.getByRole('button', { name: 'Go on' }).click();
          await look('step-wrong');
          await page.getByRole('link', { name: 'Use a recovery code instead' }).click();
          await look('step-recovery');
          await page.getByRole('link', { name: 'Use a passkey instead' }).click();
          await look('step-passkey');
        });
      });
    }
  }
}, { PORT, PUBLIC_BASE_URL: BASE, PASSWORD_MEMORY_KIB: '19456', SIGN_IN_FAILURES: '100' });
