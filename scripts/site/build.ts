import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { REPO } from '../lib/repo.ts'
import { addressOf, INDEX } from './links.ts'
import { readMenu } from './menu.ts'
import { pageHtml } from './page.ts'

/** Looks as the page of `stella serve` does: its colours and its plain elements, and what only the docs have. */
const STYLES = ['web/style/tokens.css', 'web/style/base.css', 'scripts/site/site.css']

/**
 * Writes the whole site into a folder, which is emptied before.
 *
 * @returns how many pages it has
 */
export function buildSite(folder: string): number {
  rmSync(folder, { recursive: true, force: true })
  const sources = globSync(['*.md', 'docs/**/*.md', 'runbooks/*.md', 'guard/README.md'], {
    cwd: REPO,
  })
  const isPage = new Set(sources)
  const menu = readMenu(textOf(INDEX))
  const files = new Set<string>()
  for (const source of sources) {
    const html = pageHtml({ source, markdown: textOf(source), menu, isPage, files })
    write(folder, addressOf(source), html)
  }
  for (const file of files) copy(join(REPO, file), join(folder, file))
  write(folder, 'style.css', STYLES.map(textOf).join('\n'))
  copy(join(REPO, 'web/public/star.svg'), join(folder, 'star.svg'))
  return sources.length
}

function textOf(path: string): string {
  return readFileSync(join(REPO, path), 'utf8')
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}
