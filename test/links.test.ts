import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REPO } from '../scripts/lib/repo.ts'
import { slugsOf } from '../scripts/lib/slugs.ts'
import { pagePaths, pageText } from './support/pages.ts'

const PAGES = pagePaths()
const INDEX = 'docs/README.md'

/** Links of a page to files of this repository, without those that only look like links, in code. */
function linksOf(path: string): { file: string; anchor: string; link: string }[] {
  const prose = pageText(path)
    .replaceAll(/^```[^]*?^```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[()[\]]/g, ''))
  return [...prose.matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].map(([, link = '']) => {
    const [file = '', anchor = ''] = link.split('#')
    return { file: file === '' ? path : normalize(join(dirname(path), file)), anchor, link }
  })
}

const headings = new Map<string, ReadonlySet<string>>()

/** A page of the reference links to its own headings a thousand times: they are read once. */
function headingsOf(file: string): ReadonlySet<string> {
  const known = headings.get(file) ?? new Set(slugsOf(pageText(file)))
  headings.set(file, known)
  return known
}

describe('links', () => {
  test.each(PAGES)('of %s lead to files that are there', (path) => {
    const broken = linksOf(path).filter(({ file }) => !existsSync(join(REPO, file)))
    expect(broken.map(({ link }) => link)).toEqual([])
  })

  test.each(PAGES)('of %s lead to headings that are there', (path) => {
    const broken = linksOf(path).filter(
      ({ file, anchor }) => anchor !== '' && file.endsWith('.md') && !headingsOf(file).has(anchor),
    )
    expect(broken.map(({ link }) => link)).toEqual([])
  })

  test('headings get the names that GitHub gives them', () => {
    const page = '# Why `137`, and not "OOM"?\n\n## A_b: c (d)\n\n## Same\n\n## Same\n'
    expect(slugsOf(page)).toEqual(['why-137-and-not-oom', 'a_b-c-d', 'same', 'same-1'])
  })
})

test('each page of the docs is reached from their index', () => {
  const linked = new Set(linksOf(INDEX).map(({ file }) => file))
  const pages = PAGES.filter((path) => path.startsWith('docs/') && path !== INDEX)
  expect(pages.filter((path) => !linked.has(path))).toEqual([])
})
