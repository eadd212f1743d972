/** Pages that people write, with tables and counts in them that the program knows better. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BackendId } from '../../src/labs/backend-id.ts'
import type { Lab, Need } from '../../src/labs/lab.ts'
import { labShelf } from '../../src/labs/shelf.ts'
import { CAUSES_IN_WORDS, VERDICTS_IN_WORDS } from '../../src/model/codes.ts'
import { CATALOGERS } from '../../src/sbom/catalogers/index.ts'
import { REPO } from './repo.ts'

export const FILLED_PAGES: readonly (readonly [path: string, write: () => string])[] = [
  ['README.md', readme],
  ['docs/reference/case-json.md', caseReference],
  ['docs/guides/labs.md', labsGuide],
  ['docs/guides/sbom.md', sbomGuide],
]

function readme(): string {
  return textOf('README.md')
    .replace(/\d+(?= verdicts)/, String(VERDICTS_IN_WORDS.length))
    .replace(/\d+(?= causes)/, String(CAUSES_IN_WORDS.length))
}

function caseReference(): string {
  const rowOf = ({ code, meaning }: { code: string; meaning: string }) => [`\`${code}\``, meaning]
  const page = textOf('docs/reference/case-json.md')
  const half = withTable(page, ['verdict', 'meaning'], VERDICTS_IN_WORDS.map(rowOf))
  return withTable(half, ['cause', 'meaning'], CAUSES_IN_WORDS.map(rowOf))
}

function sbomGuide(): string {
  const rows = CATALOGERS.toSorted((one, other) => (one.id < other.id ? -1 : 1)).map(
    ({ id, title }) => [`\`${id}\``, title],
  )
  return withTable(textOf('docs/guides/sbom.md'), ['cataloger', 'reads'], rows)
}

function labsGuide(): string {
  const rows = labShelf(join(REPO, 'labs'))
    .list()
    .map((lab) => [`\`${lab.id}\``, lab.title, whereOf(lab)])
  return withTable(textOf('docs/guides/labs.md'), ['lab', 'what happened', 'where'], rows)
}

const BACKEND_WORDS: Readonly<Record<BackendId, string>> = {
  docker: 'Docker',
  podman: 'Podman',
  cgroup: 'cgroup',
  files: 'files',
}
/** As they follow the last place. */
const NEED_WORDS: Readonly<Record<Need, string>> = {
  'oom-kill-disable': ' v1',
  'slow-disk': ' v1',
  'swap-accounting': ', where swap is counted',
}

function whereOf({ backends, needs, programs }: Lab): string {
  const places = backends.map((backend) => BACKEND_WORDS[backend]).join(', ')
  const asked = [
    ...needs.map((need) => NEED_WORDS[need]),
    ...programs.map((program) => `, with ${program}`),
  ]
  return `${places}${asked.join('')}`
}

/** @throws Error where the page has no such table */
function withTable(page: string, head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  const top = `${line(head)}|${'---|'.repeat(head.length)}\n`
  const start = page.indexOf(top)
  if (start === -1) throw new Error(`no table has the head: ${line(head)}`)
  const rest = page.slice(start + top.length).replace(/^(?:\|.*\n)*/, '')
  return page.slice(0, start) + top + rows.map(line).join('') + rest
}

function textOf(path: string): string {
  return readFileSync(join(REPO, path), 'utf8')
}
