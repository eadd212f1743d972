import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSite } from '../../scripts/site/build.ts'
import { isTooWide, picture } from '../support/browser.ts'
import { requireParts } from '../support/parts.ts'
import { withBrowser } from '../support/with-browser.ts'

const PHONE = { viewport: { width: 360, height: 740 } }
const GUIDE = 'docs/guides/exit-code-137.html'
const PAGES = [
  'index.html',
  GUIDE,
  'docs/tutorial.html',
  'docs/explanation/errata.html',
  'docs/explanation/why-tools-disagree.html',
  'docs/reference/cli.html',
  'docs/reference/errors.html',
  'docs/reference/settings.html',
  'README.html',
]

const skip = requireParts('chromium')
const open = withBrowser(skip)
const folder = mkdtempSync(join(tmpdir(), 'stella-site-'))
const site = pathToFileURL(`${folder}/`).href

describe.skipIf(skip)('the site of the docs, in a browser', () => {
  beforeAll(() => void buildSite(folder), 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(PAGES)('%s fits a phone, and complains of nothing', async (path) => {
    const { page, complaints, requests } = await open(site, path, PHONE)
    expect(await isTooWide(page)).toBe(false)
    expect(complaints).toEqual([])
    expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([])
    await picture(page, `site-phone-${path.replaceAll('/', '-')}`)
  })

  it('is found from page to page, with the menu at the side', async () => {
    const { page } = await open(site, 'index.html')
    await picture(page, 'site-index')
    await page
      .getByRole('navigation')
      .getByRole('link', { name: /exit code 137/ })
      .click()
    await page.getByRole('heading', { level: 1, name: /exit code 137/ }).waitFor()
    const here = page.getByRole('navigation').locator('[aria-current=page]')
    expect(await here.innerText()).toMatch(/exit code 137/)
    const menu = await page.getByRole('navigation').boundingBox()
    const text = await page.getByRole('main').boundingBox()
    expect(menu?.x).toBeLessThan(text?.x ?? 0)
    await picture(page, 'site-guide')
  })

  it('shows the text first on a phone, and the menu is one tap away', async () => {
    const { page } = await open(site, GUIDE, PHONE)
    const menu = page.getByRole('navigation')
    expect((await menu.boundingBox())?.y).toBeGreaterThan(740)
    await page.getByRole('link', { name: 'All pages' }).click()
    expect((await menu.boundingBox())?.y).toBeLessThan(740)
  })

  it('is dark where that is wished, and readable in both', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open(site, GUIDE, { colorScheme })
      const contrast = await page.evaluate<number>(CONTRAST)
      expect(contrast, colorScheme).toBeGreaterThan(7)
      await picture(page, `site-${colorScheme}`)
    }
  })

  it('begins with a way past the menu for the keyboard', async () => {
    const { page } = await open(site, GUIDE)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the text')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('text')
  })
})

/** Contrast of text and ground, as WCAG counts it. */
const CONTRAST = `(() => {
  const style = getComputedStyle(document.body)
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((part) => {
      const share = part / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [low, high] = [light(style.color), light(style.backgroundColor)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
})()`
