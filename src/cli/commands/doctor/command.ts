import { buildCommand } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { usageError } from '../../../model/errors.ts'
import { SCANNER_FLAGS } from '../scanner/flags.ts'

/** @throws StellaError (usage) */
function parseFix(text: string): 'fix' {
  if (text === 'fix') return text
  throw usageError(
    `'${text.slice(0, 40)}' is nothing that the doctor does`,
    null,
    'ask for one check with --check ID, or say: stella doctor fix',
  )
}

export const doctorCommand = buildCommand({
  loader: async () => (await import('./run.ts')).doctor,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: parseFix,
          brief: 'Plan what stella itself can mend',
          placeholder: 'fix',
          optional: true,
        },
      ],
    },
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
        values: ['text', 'table', 'markdown', 'json'],
        brief: 'Form of the answer (default: text)',
        optional: true,
      },
      prometheus: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Look at the rules of this Prometheus, too (default: STELLA_PROMETHEUS)',
        placeholder: 'URL',
        optional: true,
      },
      apply: {
        kind: 'boolean',
        brief: 'With fix: make the changes; without it, they are shown and nothing is changed',
        optional: true,
        withNegated: false,
      },
      yes: {
        kind: 'boolean',
        brief: 'With fix --apply: do not ask before each change',
        optional: true,
        withNegated: false,
      },
      undo: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'With fix: take back what was changed, by the id of its record',
        placeholder: 'RECORD',
        optional: true,
      },
      force: {
        kind: 'boolean',
        brief: 'With fix --undo: overwrite what somebody else changed since',
        optional: true,
        withNegated: false,
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
      "'stella doctor fix' plans what stella itself can mend of that: each change exactly, why, its risk, and what takes it",
      'back. --apply makes the changes, and looks again; --undo takes one back.',
      '',
      'Examples:',
      '  stella doctor                                         everything',
      '  stella doctor --check check.scanner.memory-usage      one check',
      '  stella doctor --check scanner                         those of the scanner',
      '  stella doctor --server http://127.0.0.1:8137          the scanner of that server',
      '  stella doctor --prometheus http://prometheus:9090     whether its alerts are wired',
      '  stella doctor --json | jq -r ".checks[] | select(.status == \\"fail\\") | .do"',
      '  stella doctor fix                                     what stella would mend',
      '  stella doctor fix --check scanner --apply             mend it',
      '',
      'Exit code: 0 no check fails (some may warn), 1 one does, 2 wrong call, 3 what it asks is out of reach,',
      '4 nothing was there to judge, 70 a fault of stella. Of fix: 0 planned, made, taken back, or nothing is wrong,',
      '1 stella can mend nothing of what is wrong, or it did not help, 3 a right is missing.',
    ].join('\n'),
  },
})
