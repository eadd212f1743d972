import { afterEach, beforeEach, expect, it } from 'vitest'
import { NOTHING_SAID, orderFor, statesOf, workplace } from '../../../test/support/runs.ts'
import type { Workplace } from '../../../test/support/runs.ts'
import { remotePerson } from './remote-person.ts'
import type { SentAnswer } from './remote-person.ts'

const BOOK = `---
schema: 1
id: value
title: A value is wrong
---

# A value is wrong

## Quick checks

\`\`\`bash {id=which, kind=ask, capture="which:text"}
\`\`\`

\`\`\`bash {id=ask-around, kind=manual}
call the owner
\`\`\`

\`\`\`bash {id=look, kind=check, capture="value:text"}
cat FILE
\`\`\`

\`\`\`bash {id=look-there, kind=check}
cat "\${which}"
\`\`\`

\`\`\`bash {id=if-owner, kind=check, when="ask-around.ok"}
cat FILE
\`\`\`

\`\`\`bash {id=compare, kind=check, problemIf="value != which"}
cat FILE
\`\`\`

\`\`\`bash {id=if-either, kind=check, when="look.ok || ask-around.ok"}
cat FILE
\`\`\`

## Verification

\`\`\`bash {id=is-old, kind=assert, expect="match(/^old$/)"}
cat FILE
\`\`\`
`
const MANUAL = '```bash {id=by-hand, kind=manual}\npress the button\n```\n'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.remove())

const answering = (answers: Record<string, SentAnswer> = {}) => ({
  person: remotePerson(new Map(Object.entries(answers))),
})
const start = (text: string) =>
  place.start(place.write(text), { approval: NOTHING_SAID }, answering())

it('what needs nobody is looked at; what needs a person, or what they would say, is come back to', async () => {
  const run = await start(BOOK)
  expect(statesOf(run)).toEqual({
    which: 'waits',
    'ask-around': 'waits',
    look: 'ok',
    'look-there': 'waits',
    'if-owner': 'waits',
    compare: 'waits',
    'if-either': 'ok',
    'is-old': 'waits',
  })
  expect(run).toMatchObject({ verdict: null, waits: { step: 'which', why: 'it is for a person' } })
  const said = { which: { value: place.file }, 'ask-around': 'yes' } as const
  const resumed = await place.resume(run.run, {}, answering(said))
  expect(new Set(Object.values(statesOf(resumed)))).toEqual(new Set(['ok', 'problem']))
  expect(statesOf(resumed)['compare']).toBe('problem')
})

it('what nobody does is left out, and what rests on it as well', async () => {
  const run = await start(BOOK)
  const said = { which: 'no', 'ask-around': 'no' } as const
  const resumed = await place.resume(run.run, {}, answering(said))
  expect(statesOf(resumed)).toMatchObject({
    which: 'skipped',
    'look-there': 'skipped',
    'if-owner': 'skipped',
    'is-old': 'skipped',
  })
  expect(resumed.verdict).not.toBeNull()
})

it('a change by hand is waited for where it stands', async () => {
  const text = BOOK.replace(
    '## Verification',
    `## Immediate mitigation\n\n${MANUAL}\n## Verification`,
  )
  const run = await start(text)
  expect(run.waits).toEqual({
    step: 'by-hand',
    why: 'it is for a person',
    stillRuns: false,
  })
  expect(statesOf(run)['is-old']).toBe('pending')
  const said = { which: 'no', 'ask-around': 'no', 'by-hand': 'yes' } as const
  const resumed = await place.resume(run.run, {}, answering(said))
  expect(resumed.verdict).toBe('resolved')
})

it('a change that needs what nobody has said is not made, whoever approved it', async () => {
  const text = BOOK.replace(
    '## Verification',
    '## Immediate mitigation\n\n```bash {id=set, kind=change, risk=low}\nSET FILE "${which}"\n```\n\n## Verification',
  )
  const path = place.write(text)
  const run = await place.start(path, orderFor(path), answering())
  expect(run.waits).toEqual({
    step: 'set',
    why: "it needs what comes of 'which'",
    stillRuns: false,
  })
  expect(place.log()).toEqual([])
})

it('is not called well while a check is left that may find a problem', async () => {
  const looks = BOOK.replace(
    'capture="value:text"',
    'capture="value:text", problemIf="value != old"',
  )
  const text = looks.replace(
    '## Verification',
    '## Immediate mitigation\n\n```bash {id=set, kind=change, risk=low}\nSET FILE new\n```\n\n## Verification',
  )
  expect(await start(text)).toMatchObject({ waits: { step: 'set', why: 'it needs an approval' } })
})

it('without anybody, and nobody to come, they are left out at once', async () => {
  const run = await place.start(place.write(BOOK), { approval: NOTHING_SAID })
  expect(statesOf(run)).toMatchObject({ which: 'skipped', 'ask-around': 'skipped' })
  expect(run.verdict).not.toBeNull()
})
