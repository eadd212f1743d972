import { writeFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { KIB } from '../../src/model/bytes.ts'
import { isTooWide, picture } from '../support/browser.ts'
import { pageBytes } from '../support/built-page.ts'
import { deliver } from '../support/delivered-cases.ts'
import { requireParts } from '../support/parts.ts'
import { withBrowser } from '../support/with-browser.ts'
import { withServers } from '../support/with-servers.ts'

const TOKEN = 'a-token-that-nobody-knows'

const skip = requireParts('chromium')
const open = withBrowser(skip)
const { serve, file } = withServers('page-cases')

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
  it('is small enough to be there at once', () => {
    const { first, later } = pageBytes()
    expect(first).toBeLessThan(200 * KIB)
    // The parsers and the charts are no part of it.
    expect(later).toBeGreaterThan(first)
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
    const token = file('token')
    writeFileSync(token, `${TOKEN}\n`)
    const server = await serve('--no-watch', '--token-file', token)
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
})
