/** That the benches of the guard still run and print their figures: `node bench/smoke/guard.ts`. They are not judged here. Needs root and redis-server. */
import { fileURLToPath } from 'node:url'
import { printsFigures } from '../prints-figures.ts'

const GUARD = fileURLToPath(new URL('../guard/', import.meta.url))

printsFigures(GUARD, [
  {
    args: ['overhead.ts', '1', '1', '0.3'],
    prints: /at 30 % of 256 MiB: guard \d.*black box \d[\s\S]*with the guard \d.* times/,
  },
  {
    args: ['compare.ts', '256', '10', '64', 'the guard'],
    prints: /the guard: lives.* 10 signed in/,
  },
])
