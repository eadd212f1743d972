/** The runbooks that ship with stella, read as far as tests need it. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Runbook {
  /** From the root of the package. */
  path: string
  id: string
  title: string
  severity: string
  updated: string
  doctorChecks: readonly string[]
  alerts: readonly string[]
  params: Readonly<Record<string, unknown>>
  /** Below the head. */
  text: string
  steps: readonly Step[]
}

export interface Step {
  phase: string
  /** `id`, `kind`, `timeout`, …: as they stand behind the language of a fence. */
  attributes: Readonly<Record<string, string>>
  run: string
}

export function runbooks(): readonly Runbook[] {
  return globSync('runbooks/*.md', { cwd: ROOT })
    .toSorted()
    .map((path) => {
      const whole = readFileSync(join(ROOT, path), 'utf8')
      const [, head = '', text = ''] = /^---\n([^]*?)\n---\n([^]*)$/.exec(whole) ?? []
      return { ...parse(head), path, text, steps: stepsOf(text) }
    })
}

function stepsOf(text: string): Step[] {
  return text
    .split(/^## /m)
    .slice(1)
    .flatMap((chapter) => {
      const phase = chapter.split('\n', 1)[0] ?? ''
      const fences = chapter.matchAll(/^ *```bash \{(.*)\}\n([^]*?)^ *```$/gm)
      return [...fences].map(([, attributes = '', run = '']) => ({
        phase,
        attributes: Object.fromEntries(
          [...attributes.matchAll(/(\w+)=(?:"([^"]*)"|([^,]+))/g)].map(
            ([, name = '', quoted, plain]) => [name, quoted ?? plain ?? ''],
          ),
        ),
        run: run.trim(),
      }))
    })
}
