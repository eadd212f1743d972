import type { Finding, Rule } from '../finding.ts'

export const quickChecks: Rule = {
  id: 'quick-check',
  about: 'a quick check that changes something, or does not say how long it may take',
  find: ({ steps }) =>
    steps
      .filter(({ phase, isDeclared }) => phase === 'quick-checks' && isDeclared)
      .flatMap(({ id, kind, line, timeoutMs }): readonly Omit<Finding, 'rule'>[] => {
        if (kind === 'change') {
          const says = `'${id}' changes something, and stands among the quick checks`
          return [{ line, says, todo: 'move it to the mitigation', isError: true }]
        }
        if (timeoutMs !== null || (kind !== 'check' && kind !== 'assert')) return []
        const says = `'${id}' is a quick check, and does not say how long it may take`
        return [{ line, says, todo: 'say it with timeout=10s', isError: false }]
      }),
}
