import { afterEach, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { picture } from '../support/browser.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { downloaded } from '../support/downloaded.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { withBrowser } from '../support/with-browser.ts'
import { withServers } from '../support/with-servers.ts'

const skip = requireParts('root', 'kmsg', 'compiler', 'chromium')
const open = withBrowser(skip)
const { serve, file } = withServers('page')
let groups: TestGroup[] = []

afterEach(async () => {
  for (const group of groups) await group.remove()
  groups = []
})

function groupOf(name: string, limitBytes: number): TestGroup {
  const group = createGroup(`page-${name}`, limitBytes)
  groups.push(group)
  return group
}

/** A real kill at a limit, after a growth that is slow enough to be warned of. */
async function killSlowly(name: string): Promise<{ group: TestGroup; pid: number }> {
  const group = groupOf(name, 32 * MIB)
  const { pid, ended } = group.start([await hog(), 'name=cart', 'anon=6M', 'grow=256K,90,64M'])
  await ended
  return { group, pid }
}

describe.skipIf(skip)('the page of stella serve, as it happens', () => {
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
    const shown = await runStella(['cases', 'show', id, '--markdown', '--data', file('data')], {
      TZ: 'Asia/Kathmandu',
    })
    expect(shown.code).toBe(0)
    expect(report).toBe(shown.out)

    await picture(page, 'story')
    expect(complaints).toEqual([])
    const { origin } = new URL(server.url)
    expect(requests.filter((url) => !url.startsWith(origin) && !url.startsWith('blob:'))).toEqual(
      [],
    )
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
})
