import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { KIB, MIB } from '../../src/model/bytes.ts'
import { entryDocument } from '../../src/store/cases/entry-json.ts'
import { isTooWide, picture } from '../support/browser.ts'
import { pageBytes } from '../support/built-page.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { sampleCase } from '../support/sample-case.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { testbedFolder } from '../support/testbed.ts'
import { withBrowser } from '../support/with-browser.ts'

const TOKEN = 'a-token-that-nobody-knows'
const LOG = join(REPO, 'fixtures/kernel-log/own-limit.dmesg-T.txt')
const INCIDENT = join(REPO, 'fixtures/edge-cases/01-own-limit')

const skip = requireParts('root', 'kmsg', 'compiler', 'chromium')
const open = withBrowser(skip)
let folder = ''
let running: Serving[] = []
let groups: TestGroup[] = []

beforeEach(() => {
  folder = mkdtempSync(join(testbedFolder('page'), 'data-'))
})
afterEach(async () => {
  for (const server of running) await server.kill()
  for (const group of groups) await group.remove()
  running = []
  groups = []
  rmSync(folder, { recursive: true, force: true })
})

async function serve(...args: string[]): Promise<Serving> {
  const server = await startServing(join(folder, 'data'), args)
  running.push(server)
  return server
}

function groupOf(name: string, limitBytes: number): TestGroup {
  const group = createGroup(`page-${name}`, limitBytes)
  groups.push(group)
  return group
}

/** So many cases of two other hosts, a minute apart; the first is the oldest. */
async function deliver(server: Serving, count: number): Promise<void> {
  const entries = Array.from({ length: count }, (_, at) => {
    const found = sampleCase({
      id: `c_${String(at).padStart(16, '0')}`,
      at: Date.UTC(2026, 4, 1) + at * 60_000,
      subject: { platform: 'docker', name: `shop-${at}`, id: `c0ffee${at}`, image: 'shop/web:1' },
    })
    const isHost = at % 10 === 0
    const verdict = isHost ? { ...found.verdict, code: 'oom-host' as const } : found.verdict
    return entryDocument({
      kind: 'case',
      at: Date.UTC(2026, 4, 1) + at * 60_000,
      incident: `boot-${at}`,
      revision: 1,
      case: { ...found, verdict },
    })
  })
  for (const [at, name] of ['left', 'right'].entries()) {
    const response = await server.get('/api/deliveries', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        schema: 'stella.delivery/1',
        host: { id: name, name },
        entries: entries.filter((_, index) => index % 2 === at),
      }),
    })
    expect(response.status).toBe(200)
  }
}

/** A real kill at a limit, after a growth that is slow enough to be warned of. */
async function killSlowly(name: string): Promise<{ group: TestGroup; pid: number }> {
  const group = groupOf(name, 32 * MIB)
  const { pid, ended } = group.start([await hog(), 'name=cart', 'anon=6M', 'grow=256K,90,64M'])
  await ended
  return { group, pid }
}

async function downloaded(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ])
  return readFileSync(await download.path(), 'utf8')
}

/** Presses a key until what has the focus fits; each stop on the way must show where it is. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    const seen = await page.evaluate<FocusSeen | null>(`(() => {
      const at = document.activeElement
      if (at === null || at === document.body) return null
      const styles = [getComputedStyle(at), getComputedStyle(at, '::after')]
      return {
        fits: at.matches(${JSON.stringify(selector)}),
        isMarked: styles.some(({ outlineStyle }) => outlineStyle !== 'none'),
        text: at.outerHTML.slice(0, 120),
      }
    })()`)
    if (seen === null) continue
    expect(seen.isMarked, `focus shows on ${seen.text}`).toBe(true)
    if (seen.fits) return
  }
  throw new Error(`the keyboard does not come to ${selector}`)
}

interface FocusSeen {
  fits: boolean
  isMarked: boolean
  text: string
}

/** Waits until so many cases are listed. */
async function listed(page: Page, count: number): Promise<void> {
  await expect.poll(() => page.locator('a.row-link').count(), { timeout: 10_000 }).toBe(count)
}

describe.skipIf(skip)('the page of stella serve', () => {
  it('shows a kill as it happens, and tells it as a story down to the raw line', async () => {
    await roomForReports()
    const server = await serve()
    // Others on this machine are killed, too.
    const { page, context, complaints, requests } = await open(server.url, '/?search=page-story')
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByText('live', { exact: true }).waitFor()
    const { group, pid } = await killSlowly('story')

    const row = page.getByRole('row').filter({ hasText: group.path })
    await row.getByText('new', { exact: true }).waitFor()
    expect(await row.innerText()).toMatch(/Killed by the kernel at its own limit/)
    expect(await row.innerText()).toMatch(new RegExp(`cart PID ${pid}`))
    expect(await row.innerText()).toMatch(/32 MiB/)
    expect(await row.locator('data.size').getAttribute('title')).toBe('33,554,432 bytes')
    // Where one looks from, with UTC at hand.
    const time = row.locator('time')
    const at = new Date((await time.getAttribute('datetime')) ?? '')
    expect(await time.getAttribute('title')).toBe(`${at.toISOString()} (UTC)`)
    const inKathmandu = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Asia/Kathmandu',
      timeStyle: 'medium',
    }).format(at)
    expect(await time.innerText()).toContain(inKathmandu)

    await row.getByRole('link').click()
    const heading = page.getByRole('heading', { level: 1 })
    await heading.filter({ hasText: 'Killed by the kernel at its own limit' }).waitFor()
    const answer = page.locator('.answer')
    expect(await answer.innerText()).toContain(`cart (PID ${pid})`)
    const chart = page.getByRole('img', { name: /^Its memory up to the end: It rose from/ })
    await chart.waitFor()
    expect(await chart.getAttribute('aria-label')).toMatch(
      /to \d+(\.\d+)? MiB in .*, under a limit of 32 MiB, and then it was killed\.$/,
    )
    expect(await chart.locator('canvas').count()).toBe(1)
    await page.getByText('The same as a table').click()
    const figures = page.getByRole('region', { name: 'Its memory up to the end, as a table' })
    expect(await figures.innerText()).toMatch(/warned: (warning|critical)/)
    expect(await figures.innerText()).toMatch(/killed/)

    const timeline = page.getByRole('region', { name: 'What happened when' })
    expect(await timeline.innerText()).toMatch(/near its limit|about to reach its limit/)
    expect(await timeline.innerText()).toMatch(/The kernel killed cart/)
    const bill = page.getByRole('table', { name: 'The bill: every item of the charge' })
    expect(await bill.getByRole('row', { name: /^anonymous/ }).innerText()).toMatch(/MiB/)
    const sizes = await bill
      .locator('tbody > tr > td.number > data')
      .evaluateAll((all) => all.map((one) => Number(one.getAttribute('value'))))
    const charged = await bill.locator('tfoot data').first().getAttribute('value')
    expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBe(Number(charged))

    await answer.getByText('What the verdict rests on').click()
    expect(await answer.locator('pre').first().innerText()).toMatch(
      new RegExp(`oom-kill:constraint=CONSTRAINT_MEMCG.*oom_memcg=${group.path}`),
    )
    const ruledOut = page.getByRole('region', { name: 'What was ruled out, and why' })
    expect(await ruledOut.innerText()).toMatch(
      /Was its own limit reached, and did the kernel kill for it\? Yes\./,
    )

    const remedy = page.getByRole('region', { name: 'What to do' })
    await remedy.getByRole('button', { name: /^Copy/ }).first().click()
    await remedy.getByText('Copied').waitFor()
    const command = await remedy.locator('pre').first().innerText()
    expect(command).toContain(group.path)
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(command)

    const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    const report = await downloaded(page, 'Download as Markdown')
    const shown = await runStella(
      ['cases', 'show', id, '--markdown', '--data', join(folder, 'data')],
      { TZ: 'Asia/Kathmandu' },
    )
    expect(shown.code).toBe(0)
    expect(report).toBe(shown.out)

    await picture(page, 'story')
    expect(complaints).toEqual([])
    const { origin } = new URL(server.url)
    expect(requests.filter((url) => !url.startsWith(origin) && !url.startsWith('blob:'))).toEqual(
      [],
    )
  })

  it('is small enough to be there at once', () => {
    const { first, later } = pageBytes()
    expect(first).toBeLessThan(200 * KIB)
    // The parsers and the charts are no part of it.
    expect(later).toBeGreaterThan(first)
  })

  it('shows all groups, those in danger first, and the course of one', async () => {
    const near = groupOf('near', 40 * MIB)
    const far = groupOf('far', 400 * MIB)
    near.start([await hog(), 'anon=35M', 'stay'])
    far.start([await hog(), 'anon=8M', 'stay'])
    const server = await serve()
    const { page, complaints } = await open(server.url, '/live')
    const row = (group: TestGroup) => page.getByRole('row').filter({ hasText: group.path }).first()
    await row(near).getByText('near its limit').waitFor()
    expect(await row(near).innerText()).toMatch(/of 40 MiB/)
    expect(await row(far).innerText()).not.toMatch(/its limit/)
    const names = await page.locator('.group-title').allInnerTexts()
    expect(names.indexOf(near.path)).toBeLessThan(names.indexOf(far.path))

    await page.getByRole('searchbox', { name: 'Search' }).fill(far.path)
    const button = page.getByRole('button', { name: far.path })
    await button.press('Enter')
    await page
      .getByRole('img', { name: /^Its memory of the last minutes: It stayed near/ })
      .waitFor()
    expect(page.url()).toContain(encodeURIComponent(far.path))
    await picture(page, 'live')
    await button.press('Escape')
    expect(await button.getAttribute('aria-expanded')).toBe('false')
    expect(complaints).toEqual([])
  })

  it('finds cases by verdict, host, time and text, page by page', async () => {
    const server = await serve('--no-watch')
    await deliver(server, 120)
    const { page } = await open(server.url, '/cases')
    const links = page.locator('a.row-link')
    const first = page.locator('a.row-link').first()
    await first.waitFor()
    expect(await links.count()).toBe(50)
    expect(await first.innerText()).toBe('shop-119')
    await page.getByRole('link', { name: 'Older' }).click()
    await first.filter({ hasText: 'shop-69' }).waitFor()
    await page.getByRole('link', { name: 'Older' }).click()
    await page.getByText('There are no older ones.').waitFor()
    expect(await links.count()).toBe(20)
    await page.goBack()
    await first.filter({ hasText: 'shop-69' }).waitFor()

    await page.getByLabel('Verdict').selectOption({ label: 'Machine ran out (12)' })
    await first.filter({ hasText: 'shop-110' }).waitFor()
    expect(await links.count()).toBe(12)
    await page.getByLabel('Host').selectOption({ label: 'right' })
    await page.getByText('No case fits').waitFor()
    await page.getByRole('link', { name: 'Leave out all filters' }).click()
    await page.getByRole('searchbox').fill('shop-42')
    await listed(page, 1)
    expect(new URL(page.url()).searchParams.get('search')).toBe('shop-42')
    await page.getByRole('searchbox').press('Escape')
    await listed(page, 50)
    await page.getByLabel('When').selectOption({ label: 'the last hour' })
    await page.getByText('No case fits').waitFor()
  })

  it('can be used with the keyboard alone', async () => {
    const server = await serve('--no-watch')
    await deliver(server, 3)
    const { page } = await open(server.url, '/cases')
    await page.locator('a.row-link').first().waitFor()
    await tabTo(page, 'a.skip')
    await page.keyboard.press('Enter')
    expect(new URL(page.url()).hash).toBe('#main')
    await tabTo(page, 'a.row-link')
    await page.keyboard.press('Enter')
    const heading = page.getByRole('heading', { level: 1 })
    await heading.filter({ hasText: 'Killed by the kernel' }).waitFor()
    await page.locator('h1:focus').waitFor()
    await tabTo(page, '.answer summary')
    await page.keyboard.press('Enter')
    expect(await page.locator('.answer pre').first().isVisible()).toBe(true)
    await tabTo(page, '.remedy button')
    await page.keyboard.press('/')
    expect(await heading.innerText()).toContain('Killed by the kernel')
    await page.goBack()
    await page.locator('a.row-link').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('shop-1')
    await listed(page, 1)
  })

  it('tells whoever listens where they are', async () => {
    const server = await serve('--no-watch')
    await deliver(server, 2)
    const { page } = await open(server.url, '/cases')
    await page.locator('a.row-link').first().waitFor()
    const list = await page.locator('body').ariaSnapshot()
    for (const part of [
      '- link "Skip to the content"',
      '- banner:',
      '- navigation "Views":',
      'status "Connection: live"',
      '- main:',
      '- heading "Cases" [level=1]',
      '- search:',
      '- searchbox "Search"',
      '- combobox "Verdict"',
      '- table "Cases, the newest first":',
      '- columnheader "Victim"',
    ]) {
      expect(list).toContain(part)
    }
    await page.locator('a.row-link').first().click()
    await page.getByRole('article').waitFor()
    const story = await page.locator('body').ariaSnapshot()
    for (const part of [
      '- article:',
      '- heading "Killed by the kernel at its own limit" [level=1]',
      '- group "Share as Markdown":',
      '- region "Why it grew":',
      '- heading "Why it grew" [level=2]',
      '- region "What to do":',
      '- complementary "The facts":',
    ]) {
      expect(story).toContain(part)
    }
    expect(await page.title()).toBe('Killed by the kernel at its own limit: shop-1 · stella')
    // No heading is left out on the way down.
    const levels = await page
      .locator('h1, h2, h3')
      .evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])))
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    for (const [at, level] of levels.entries()) {
      expect(level - (levels[at - 1] ?? 0)).toBeLessThanOrEqual(1)
    }
    await deliver(server, 3)
    await page.goBack()
    await page.locator('a.row-link').first().waitFor()
  })

  it('is dark and light, as wide as a phone, and keeps still for whoever wants that', async () => {
    const server = await serve('--no-watch')
    await deliver(server, 4)
    const paper = (page: Page) =>
      page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    const light = await open(server.url, '/cases', { colorScheme: 'light' })
    const dark = await open(server.url, '/cases', { colorScheme: 'dark' })
    const [bright, dim] = [await paper(light.page), await paper(dark.page)]
    expect(bright).not.toBe(dim)
    await dark.page.getByRole('button', { name: /^Colours: as the system/ }).click()
    expect(await paper(dark.page)).toBe(bright)
    await dark.page.reload()
    expect(await paper(dark.page)).toBe(bright)
    await dark.page.getByRole('button', { name: /^Colours: light/ }).click()
    expect(await paper(dark.page)).toBe(dim)

    const phone = await open(server.url, '/cases', {
      viewport: { width: 360, height: 780 },
      reducedMotion: 'reduce',
      colorScheme: 'dark',
    })
    await phone.page.locator('a.row-link').first().waitFor()
    await picture(phone.page, 'cases-phone')
    expect(await isTooWide(phone.page)).toBe(false)
    await phone.page.locator('a.row-link').first().click()
    await phone.page.getByRole('article').waitFor()
    await picture(phone.page, 'story-phone')
    expect(await isTooWide(phone.page)).toBe(false)
    for (const path of ['/live', '/try']) {
      await phone.page.goto(new URL(path, server.url).href)
      await phone.page.getByRole('heading', { level: 1 }).waitFor()
      expect(await isTooWide(phone.page), path).toBe(false)
    }
    const moving = await phone.page.evaluate<number>('document.getAnimations().length')
    expect(moving).toBe(0)
  })

  it('asks for the token where the server wants one', async () => {
    const file = join(folder, 'token')
    writeFileSync(file, `${TOKEN}\n`)
    const server = await serve('--no-watch', '--token-file', file)
    const { page } = await open(server.url, '/cases')
    const field = page.getByRole('textbox', { name: 'Token' })
    await field.fill('not-the-token-at-all')
    await page.getByRole('button', { name: 'Open' }).click()
    await page.getByRole('alert').filter({ hasText: 'this is not the token' }).waitFor()
    await field.fill(TOKEN)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Cases' }).waitFor()
    await page.getByText('No case yet').waitFor()
    await page.reload()
    await page.getByText('No case yet').waitFor()
    // The token is kept where no script can read it.
    expect(
      await page.evaluate<string>('document.cookie + JSON.stringify({ ...localStorage })'),
    ).not.toContain(TOKEN)
  })

  it('says that the server is away, and comes back by itself', async () => {
    const first = await serve('--no-watch')
    await deliver(first, 2)
    const { page } = await open(first.url, '/cases')
    await page.locator('a.row-link').first().waitFor()
    await first.kill()
    await page.getByText('server away, asking again').waitFor()
    expect(await page.locator('a.row-link').count()).toBe(2)
    await page.getByRole('link', { name: 'shop-1' }).click()
    await page
      .getByText(/^(The server does not answer|This part of the page could not be)/)
      .waitFor()
    const again = await serve('--no-watch', '--listen', new URL(first.url).host)
    await page.getByRole('article').waitFor()
    await page.getByRole('link', { name: 'All cases' }).click()
    await deliver(again, 3)
    await page.getByRole('link', { name: 'shop-2' }).waitFor()
    await page.getByText('live', { exact: true }).waitFor()
  })

  it('reads a log in the browser, and sends nothing', async () => {
    const server = await serve('--no-watch')
    const { page, complaints, requests } = await open(server.url, '/try')
    await page.getByRole('button', { name: 'See an example' }).click()
    await page
      .getByRole('heading', { level: 1, name: 'Killed by the kernel at its own limit' })
      .waitFor()
    await page.getByRole('button', { name: 'Read something else' }).click()

    const sent: string[] = []
    page.context().on('request', (request) => {
      if (request.method() !== 'GET' || request.postDataBuffer() !== null) sent.push(request.url())
    })
    // Without a server nothing could be judged anywhere else.
    await server.kill()
    const before = requests.length
    await page.getByLabel('Files to read').setInputFiles(LOG)
    const heading = page.getByRole('heading', {
      level: 1,
      name: 'Killed by the kernel at its own limit',
    })
    await heading.waitFor()
    await page.locator('h1:focus').waitFor()
    const asked = await runStella(['why', '--from', LOG, '--json'])
    const judged: { id: string; verdict: { summary: string } } = JSON.parse(asked.out)
    expect(await page.locator('.answer-sentence').innerText()).toBe(judged.verdict.summary)
    expect(await page.locator('.facts').innerText()).toContain(judged.id)
    expect(sent).toEqual([])
    const asking = requests.slice(before).map((url) => new URL(url).pathname)
    // Whether the server is back, and the part of the page that reads.
    const allowed = /^\/(api\/events|api\/overview|assets\/.*)$/
    expect(asking.filter((path) => !allowed.test(path))).toEqual([])
    expect(complaints).toEqual([])
  })

  it('reads a folder, packed logs and pasted text, and takes secrets out', async () => {
    const incident = join(folder, 'incident')
    cpSync(INCIDENT, incident, { recursive: true })
    const events = readFileSync(join(incident, 'events.jsonl'), 'utf8')
    const secret = '"Attributes":{"db_url":"postgres://app:hunter2hunter2@db/shop",'
    writeFileSync(join(incident, 'events.jsonl'), events.replaceAll('"Attributes":{', secret))
    writeFileSync(
      join(incident, 'README'),
      'Memory cgroup out of memory: Killed process 1 (made up)',
    )
    const server = await serve('--no-watch')
    const { page } = await open(server.url, '/try')
    await page.getByLabel('Folder to read').setInputFiles(incident)
    await page.getByRole('heading', { level: 1, name: /^Killed by the kernel/ }).waitFor()
    expect(await page.locator('.kicker').innerText()).toContain('cart')
    const report = await downloaded(page, 'Download as Markdown')
    expect(report).toContain('postgres://[redacted]@db/shop')
    expect(report).not.toContain('hunter2')
    expect(await page.content()).not.toContain('hunter2')

    await page.getByRole('button', { name: 'Read something else' }).click()
    const packed = join(folder, 'kern.log.1.gz')
    writeFileSync(packed, gzipSync(readFileSync(LOG)))
    await page.getByLabel('Files to read').setInputFiles(packed)
    await page.getByText('Read in this browser from kern.log.1.gz').waitFor()
    await page
      .getByRole('heading', { level: 1, name: 'Killed by the kernel at its own limit' })
      .waitFor()

    await page.getByRole('button', { name: 'Read something else' }).click()
    await page.getByLabel('Or paste the text').fill(readFileSync(LOG, 'utf8'))
    await page.getByRole('button', { name: 'Read the text' }).click()
    await page
      .getByRole('heading', { level: 1, name: 'Killed by the kernel at its own limit' })
      .waitFor()
    await page.getByRole('button', { name: 'Read something else' }).click()

    const drop = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([${JSON.stringify(readFileSync(LOG, 'utf8'))}], 'dropped.log'))
      return transfer
    })()`)
    // On any view: a browser would go away to the file.
    await page.getByRole('link', { name: 'Cases' }).click()
    await page.getByText('No case yet').waitFor()
    await page.dispatchEvent('body', 'drop', { dataTransfer: drop })
    await page.getByText('Read in this browser from dropped.log').waitFor()
  })

  it('says what is wrong with a file that it cannot judge', async () => {
    const server = await serve('--no-watch')
    const { page } = await open(server.url, '/try')
    const give = (path: string) => page.getByLabel('Files to read').setInputFiles(path)
    await give(join(REPO, 'package.json'))
    await page.getByText('This is no log that stella knows: package.json').waitFor()
    const archive = join(folder, 'all.zip')
    writeFileSync(archive, Buffer.from('504b0304000000', 'hex'))
    await give(archive)
    await page.getByText('all.zip was not read: it is a zip archive: unpack it first').waitFor()
    const empty = join(folder, 'empty.log')
    writeFileSync(empty, '')
    await give(empty)
    await page.getByText('empty: empty.log').waitFor()
    const broken = join(folder, 'broken.log.gz')
    writeFileSync(broken, gzipSync(readFileSync(LOG)).subarray(0, 40))
    await give(broken)
    await page
      .getByText(/broken\.log\.gz/)
      .first()
      .waitFor()
    const calm = join(folder, 'calm.log')
    writeFileSync(
      calm,
      '[    1.000000] Linux version 6.1.0 (gcc)\n[    2.000000] eth0: link up\n'.repeat(50),
    )
    await give(calm)
    const main = page.getByRole('main')
    await expect.poll(() => main.innerText()).toContain('in calm.log, and no kill')
    expect(await main.innerText()).toContain('That is no proof that there was none')
  })

  it('stays alive while it reads a large log', async () => {
    const large = join(folder, 'large.log')
    const noise =
      '[Sat Nov 21 08:00:00 2026] eth0: link is up, 1000 Mbps, full duplex, lpa 0xC1E1\n'
    writeFileSync(large, noise.repeat(1_600_000))
    writeFileSync(large, readFileSync(LOG), { flag: 'a' })
    expect(statSync(large).size).toBeGreaterThan(100 * MIB)
    const server = await serve('--no-watch')
    const { page } = await open(server.url, '/try')
    // The longest that the page did not draw.
    await page.evaluate(`(() => {
      let last = performance.now()
      window.longest = 0
      const beat = (now) => {
        window.longest = Math.max(window.longest, now - last)
        last = now
        requestAnimationFrame(beat)
      }
      requestAnimationFrame(beat)
    })()`)
    await page.getByLabel('Files to read').setInputFiles(large)
    await page.getByRole('progressbar').waitFor()
    await page
      .getByRole('heading', { level: 1, name: 'Killed by the kernel at its own limit' })
      .waitFor()
    const longest = await page.evaluate<number>('window.longest')
    console.info(`the page stood still for ${Math.round(longest)} ms at most`)
    // Reading it takes seconds on these machines; the page would stand still for all of them.
    expect(longest).toBeLessThan(1_000)
    await page.getByRole('button', { name: 'Read something else' }).click()
    await page.getByLabel('Files to read').setInputFiles(large)
    await page.getByRole('progressbar').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('Drop a kernel log').waitFor()
  })
})
