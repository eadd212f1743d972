import { buildCommand } from '@stricli/core'
import { asItIs, SCANNER_FLAGS } from '../scanner/flags.ts'

export const doctorCommand = buildCommand({
  loader: async () => (await import('./run.ts')).doctor,
  parameters: {
    flags: {
      check: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Only this check, by its id, or all that begin so: scanner; may be repeated',
        placeholder: 'ID',
        variadic: true,
        optional: true,
      },
      format: {
        kind: 'enum',
        values: ['text', 'markdown', 'json'],
        brief: 'Form of the answer; text where it is not given',
        optional: true,
      },
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'What is wrong with the scanner, this machine, or stella on it, and what to do',
    fullDescription: [
      'Looks at the scanner (its workers, its jobs, its settings), at what this machine lets stella see, and at what stella',
      'keeps on it. Each check says what it found, what to do, and which runbook leads on. Nothing is changed.',
      'The worst is told first. What is not there is skipped.',
      '',
      'Examples:',
      '  stella doctor                                         everything',
      '  stella doctor --check check.scanner.memory-usage      one check',
      '  stella doctor --check scanner                         those of the scanner',
      '  stella doctor --server http://127.0.0.1:8137          the scanner of that server',
      '  stella doctor --json | jq -r ".checks[] | select(.status == \\"fail\\") | .do"',
      '',
      'Exit code: 0 no check fails (some may warn), 1 one does, 2 wrong call, 3 what it asks is out of reach,',
      '4 nothing was there to judge, 70 a fault of stella.',
    ].join('\n'),
  },
})
