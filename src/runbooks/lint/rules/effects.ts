import { usualValues } from '../../params.ts'
import { planOf } from '../../plan.ts'
import type { Rule } from '../finding.ts'

export const effects: Rule = {
  id: 'refused',
  about: 'a step that would not be run',
  find: (runbook) =>
    planOf(runbook, usualValues(runbook.params)).steps.flatMap(({ step, refused }) =>
      refused === null
        ? []
        : [
            {
              line: step.line,
              says: `'${step.id}' would not be run`,
              todo: refused,
              isError: step.isDeclared,
            },
          ],
    ),
}
