import type { Rule } from '../finding.ts'

export const about: Rule = {
  id: 'about',
  about: 'it does not say what it is about',
  find({ about: told, steps }) {
    const missing = [
      ['component', told.component],
      ['severity', told.severity],
      ['owner', told.owner],
      ['updated', told.updated],
    ].flatMap(([name, value]) => (value === null ? [name] : []))
    const findings = []
    if (missing.length > 0) {
      findings.push({
        line: 1,
        says: `it does not say its ${missing.join(', ')}`,
        todo: 'say it in the front matter, between two lines of ---',
        isError: false,
      })
    }
    if (steps.length === 0) {
      findings.push({
        line: 1,
        says: 'it has no step that could be run',
        todo: 'put its commands into fences: ```bash',
        isError: true,
      })
    }
    return findings
  },
}
