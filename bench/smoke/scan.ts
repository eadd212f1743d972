/** That the benches of scans still run and print their figures: `node bench/smoke/scan.ts`. They are not judged here. */
import { fileURLToPath } from 'node:url'
import { printsFigures } from '../prints-figures.ts'

const SCAN = fileURLToPath(new URL('../scan/', import.meta.url))

printsFigures(SCAN, [
  {
    args: ['memory.ts', 'tiny', 'many-layers'],
    prints: /many-layers, .* peak \d+ MiB .* 0 packages missed/,
  },
  {
    args: ['speed.ts', '--rounds', '1', '--peers', 'none', 'tiny'],
    prints: /ratio \d[\s\S]*over node -e 0/,
  },
])
