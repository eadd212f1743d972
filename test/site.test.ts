import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildSite } from '../scripts/site/build.ts'

const folder = mkdtempSync(join(tmpdir(), 'stella-site-'))
const pages = new Map<string, string>()

beforeAll(() => {
  buildSite(folder)
  for (const path of globSync('**/*.html', { cwd: folder })) {
    pages.set(path, readFileSync(join(folder, path), 'utf8'))
  }
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Addresses of a page, without those of other machines. */
function addressesOf(html: string): string[] {
  return [...html.matchAll(/ (?:href|src)="([^"]*)"/g)]
    .map(([, address = '']) => address)
    .filter((address) => !/^(?:https?|mailto):/.test(address))
}

function leadsNowhere(from: string, address: string): boolean {
  const [path = '', anchor] = address.split('#')
  const target = path === '' ? from : join(dirname(from), path)
  if (!existsSync(join(folder, target))) return true
  const html = pages.get(target)
  return anchor !== undefined && html !== undefined && !html.includes(` id="${anchor}"`)
}

describe('the site of the docs', () => {
  test('has the pages of the repository', () => {
    expect(pages.size).toBeGreaterThan(80)
    expect([...pages.keys()]).toEqual(
      expect.arrayContaining([
        'index.html',
        'docs/tutorial.html',
        'docs/guides/exit-code-137.html',
        'runbooks/container-oom.html',
      ]),
    )
  })

  test('no link leads nowhere', () => {
    const broken = [...pages].flatMap(([path, html]) =>
      addressesOf(html)
        .filter((address) => leadsNowhere(path, address))
        .map((address) => `${path}: ${address}`),
    )
    expect(broken).toEqual([])
  })

  test('every page needs no script and asks nobody else', () => {
    for (const [path, html] of pages) {
      expect(html, path).not.toMatch(/<script|<iframe|<img[^>]* src="https?:| style="/)
      expect(html, path).toContain("default-src 'none'")
    }
  })

  test('every page has a language, a title, one heading of the first kind, and its ids once', () => {
    for (const [path, html] of pages) {
      expect(html, path).toMatch(/<html lang="en">[^]*<title>[^<]+<\/title>/)
      expect(html.match(/<h1[ >]/g), path).toHaveLength(1)
      const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
      expect(new Set(ids).size, path).toBe(ids.length)
      expect(ids, path).not.toContain('')
    }
  })

  test('every page of the docs stands in the menu, which says where one is', () => {
    const lost = [...pages].filter(
      ([path, html]) => path.startsWith('docs/') && !html.includes(' aria-current="page"'),
    )
    expect(lost.map(([path]) => path)).toEqual([])
  })
})
