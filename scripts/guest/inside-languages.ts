/**
 * Runs in a guest: programs in Node and Python hold known amounts of memory in groups of cgroup v2, and are looked into. Writes
 * what was seen, and what they count themselves, as one JSON file. `node scripts/guest/inside-languages.ts FILE`
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RuntimeView } from '../../src/model/bill.ts'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../../test/support/cgroups.ts'
import { hold, PROGRAMS } from '../../test/support/programs.ts'
import type { Truth } from '../../test/support/programs.ts'
import { pidsIn } from '../../test/support/server-starters.ts'
import { observe, viewsIn } from '../../test/support/servers.ts'

/** What was seen of one program. */
export interface LookedInto {
  truth: Truth
  views: readonly RuntimeView[]
}

const NODE = [process.execPath, join(PROGRAMS, 'hold.cjs')]
const PYTHON = ['/usr/bin/python3', join(PROGRAMS, 'hold.py')]

const [file = '/out/languages.json'] = process.argv.slice(2)
const seen: Record<string, LookedInto> = {
  'node-objects': await look([...NODE, 'objects', '64'], 512),
  'node-buffers': await look([...NODE, 'buffers', '64'], 512),
  'node-high': await look([...NODE, 'nothing'], 800, 700),
  'node-nested': await look([...NODE, 'nothing'], 512, null, true),
  'python-small': await look([...PYTHON, 'small', '64'], 512),
  'python-threads': await look([...PYTHON, 'threads', '64'], 512),
  'python-fork': await look([...PYTHON, 'fork', '64'], 512),
}
writeFileSync(file, JSON.stringify(seen))
process.exit(0)

async function look(
  argv: readonly string[],
  maxMib: number,
  highMib: number | null = null,
  nested = false,
): Promise<LookedInto> {
  const outer = createGroup('languages', maxMib * MIB)
  if (highMib !== null) outer.write('memory.high', String(highMib * MIB))
  const group = nested ? outer.child('inner') : outer
  try {
    const { truth } = await hold(group, argv)
    const recorded = await observe(argv.join(' '), pidsIn(group), maxMib * MIB)
    return { truth, views: viewsIn(recorded) }
  } finally {
    await outer.remove()
  }
}
