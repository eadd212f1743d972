/** Each lab is whole: its folder, the list, its texts and the guide agree. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { hostReader } from '../sources/reader.ts'
import { backends } from './backends/index.ts'
import type { BackendId } from './backend-id.ts'
import { LABS } from './list.ts'
import { labShelf } from './shelf.ts'
import { wordsOf } from './site.ts'
import type { LabState } from './state.ts'
import type { Words } from './text.ts'
import { commandsIn, hintsFor, namesIn } from './text.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOLDER = join(ROOT, 'labs')
const shelf = labShelf(FOLDER)
const all = backends(hostReader(), join(ROOT, 'src/labs/workload/main.ts'))

test('the folder is the list', () => {
  expect(readdirSync(FOLDER).toSorted()).toEqual(LABS.toSorted())
})

describe.each(LABS)('%s', (id) => {
  const lab = shelf.open(id)
  const texts = (['challenge', 'hints', 'solution'] as const).map((page) => shelf.page(lab, page))
  const [, hints = '', solution = ''] = texts

  test('bears the name of its folder, and stays small', () => {
    expect(lab.id).toBe(id)
    expect(lab.budgetBytes).toBeLessThanOrEqual(512 * 2 ** 20)
    expect(lab.ttlMinutes).toBeLessThanOrEqual(240)
    for (const name of lab.files) expect(shelf.file(lab, name)).not.toBe('')
  })

  test('each check has a hint, and each cheat a check that sees it', () => {
    const names = lab.checks.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(hintsFor(hints, name, 'any other way'), name).not.toEqual([])
    for (const chapter of hints.matchAll(/^## (\S+)/gm)) expect(names).toContain(chapter[1])
    expect(lab.cheats.length).toBeGreaterThanOrEqual(3)
    for (const { fails } of lab.cheats) expect(names).toContain(fails)
  })

  test('what is told on the page as well speaks of no command line', () => {
    for (const told of [...texts, ...lab.checks.map(({ todo }) => todo)]) {
      expect(told).not.toMatch(/stella lab|--answer/)
    }
  })

  test('each question is judged', () => {
    for (const question of lab.questions) {
      const view = {
        state: { ...STATE, id, backend: lab.backends[0] ?? 'cgroup' },
        programs: new Map(),
        originals: new Map(),
        before: NOTHING,
        after: NOTHING,
        courses: new Map(),
      }
      const asked = lab.checks.flatMap((check) => Object.keys(check.answers(view)))
      expect(asked).toContain(question.id)
    }
  })

  test('its solution has every chapter, and explains each command', () => {
    const chapters = [...solution.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
    expect(chapters).toEqual([
      'The problem',
      'Thought process',
      'Steps',
      'Lab and real life',
      'Key concepts',
      'Common mistakes',
    ])
    const fences = [...solution.matchAll(/^```(?:sh|console)\b[^]*?^```$\n*(.{20})/gm)]
    for (const [fence, , next = ''] of fences.map((found) => [found[0], '', found[1]])) {
      const isExplained = next.startsWith('**What this does:**') || next.startsWith('```')
      expect(isExplained, fence).toBe(true)
    }
  })

  test.each(lab.backends)('is made, cheated and solved with names that %s knows', (backend) => {
    const words = wordsFor(id, backend)
    const shells = [...lab.cheats, ...lab.faults].flatMap(({ run }) => run[backend] ?? [])
    const pids = lab.workloads.map(({ name }) => `${name}.pid`)
    const unknown = [...texts.map((text) => forBackend(text, backend)), ...shells]
      .flatMap(namesIn)
      .filter((name) => !(name in words) && !pids.includes(name))
    expect(unknown).toEqual([])
    const asks = lab.checks.some(({ name }) => name.startsWith('answer'))
    if (!asks) expect(commandsIn(solution, backend, words)).not.toEqual([])
  })
})

const STATE: LabState = {
  backend: 'cgroup',
  id: '',
  schema: 'stella.lab-state/1',
  phase: 'open',
  startedAt: 0,
  endsAt: 0,
  fault: 'none',
  baseline: {},
  answers: {},
  hints: [],
  attempts: 0,
  solvedAt: null,
}
const NOTHING = { workloads: new Map(), files: new Map() }

function wordsFor(id: string, backend: BackendId): Words {
  return wordsOf(all[backend], { lab: shelf.open(id), folder: '/labs', endsAt: 0 })
}

/** Without the fences that are meant for another backend. */
function forBackend(text: string, backend: BackendId): string {
  return text.replaceAll(/^```\w+ ([a-z ]+)\n[^]*?^```$/gm, (fence, meant: string) =>
    meant.split(' ').includes(backend) ? fence : '',
  )
}

test('the program of labs stands alone: it is copied into images', () => {
  const path = join(ROOT, 'src/labs/workload/main.ts')
  expect(existsSync(path)).toBe(true)
  const imports = [...readFileSync(path, 'utf8').matchAll(/ from '([^']+)'/g)].map(
    ([, from]) => from,
  )
  expect(imports.filter((from) => from?.startsWith('node:') !== true)).toEqual([])
})
