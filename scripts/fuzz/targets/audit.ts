/** Manifests, settings and the configuration of the audit. */
import { readAuditConfig } from '../../../src/audit/config.ts'
import { readVariables } from '../../../src/audit/documents/interpolate.ts'
import { lineCount } from '../../../src/audit/documents/place.ts'
import { audit, UNKNOWN_HOST } from '../../../src/audit/engine.ts'
import { mend } from '../../../src/audit/mend.ts'
import { RULES } from '../../../src/audit/rules/index.ts'
import { filesOf, texts } from '../corpus.ts'
import { must, mustBeSound, refusable } from '../sound.ts'
import type { Sample, Target } from '../target.ts'

const samples = (): Sample[] => [
  ...filesOf('bench/audit/corpus', /\.(?:ya?ml|json|service|Dockerfile)$/),
  ...filesOf('fixtures/audit'),
  ...filesOf('fixtures/quadlet'),
  ...filesOf('fixtures/systemd'),
  ...filesOf('deploy', /\.ya?ml$|Dockerfile$|\.service$/),
]

export const AUDIT: Target = {
  name: 'audit',
  samples,
  run({ path, bytes }, random) {
    const file = { path, text: bytes.toString() }
    const { findings, problems } = audit(
      [{ file, variables: readVariables(file.text.slice(0, 500)), isNamed: random(2) === 0 }],
      UNKNOWN_HOST,
      RULES,
    )
    const lines = lineCount(file)
    for (const { line, column, edits } of findings) {
      must(line >= 1 && line <= lines + 1 && column >= 1, `a finding at ${line}:${column}`)
      mustBeSound(edits.map(({ place: { start, end } }) => ({ start, end })))
    }
    mustBeSound(problems.map(({ at }) => at))
    return findings.map(({ message }) => message).join('\n')
  },
}

/** What is mended has nothing left to be mended. */
export const AUDIT_FIX: Target = {
  name: 'audit-fix',
  samples,
  run({ path, bytes }) {
    const input = {
      file: { path, text: bytes.toString() },
      variables: new Map<string, string>(),
      isNamed: true,
    }
    const once = mend([input], UNKNOWN_HOST)
    const again = mend(
      once.map(({ after }) => after),
      UNKNOWN_HOST,
    )
    must(
      again.every(({ count }) => count === 0),
      'what was mended is mended again',
    )
  },
}

export const AUDIT_CONFIG: Target = {
  name: 'audit-config',
  samples: () =>
    texts([
      'exclude:\n  - vendor/**\noff:\n  K05: we have a LimitRange\non: [K16]\nfailOn: error\ncgroup: v2\nhostMemory: 8Gi\npedantic: true\n',
      'off: {K01: "a reason"}\nfailOn: warning\n',
    ]),
  run: ({ path, bytes }) => refusable(() => readAuditConfig({ path, text: bytes.toString() })),
}
