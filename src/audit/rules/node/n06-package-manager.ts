import { programWords } from '../../documents/words.ts'
import type { Rule } from '../../rule.ts'
import { dockerfile } from '../examples.ts'
import { inNodes } from '../inputs.ts'

export const packageManager: Rule = {
  id: 'N06',
  severity: 'info',
  title: 'A package manager stays beside the program',
  why: 'npm start keeps npm running as the parent: 58 MiB more than the program itself, and signals reach npm instead of it. Start node directly.',
  reference: 'measured: npm 57.9 MiB beside an idle program of 39.3 MiB',
  examples: {
    bad: dockerfile('FROM node:24-slim\nCOPY . .\nCMD ["»npm", "start"]'),
    good: dockerfile('FROM node:24-slim\nCOPY . .\nCMD ["node", "server.js"]'),
  },
  check: inNodes(function* (_, { words, role }) {
    const [program, action] = programWords(words, /^(?:npm|yarn|pnpm)$/)
    const isServer = /^(?:start|run|dev|serve)$/.test(action?.text ?? '')
    if (program === undefined || !isServer || role === 'init') return
    yield {
      place: program.place,
      message: `${program.text} stays in memory beside the program it starts`,
    }
  }),
}
