import { hasOption } from '../program.ts'
import type { ProgramRule } from '../program.ts'

/** Programs that take text and give text. Not those that can start others, or write files by their own words: awk, sed, xargs, find. */
export const FILTERS: readonly ProgramRule[] = [
  {
    names: [
      'cat',
      'grep',
      'zgrep',
      'head',
      'tail',
      'wc',
      'cut',
      'tr',
      'uniq',
      'column',
      'jq',
      'nl',
    ],
    effect: () => 'looks',
  },
  { names: ['sort'], effect: (args) => (hasOption(args, '-o', '--output') ? 'changes' : 'looks') },
]
