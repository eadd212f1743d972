import { describe, expect, it } from 'vitest'
import { createGate, MOST_IN_AN_HOUR } from './gate.ts'
import type { Admission, Asked } from './gate.ts'

const MINUTE = 60_000
const web: Asked = { runbook: 'oom', target: 'web' }

/** A gate whose runs are named by their order; those in `open` wait. */
function gateWith(open: Set<string> = new Set()) {
  let count = 0
  const gate = createGate({ isOpen: (run) => open.has(run) })
  return {
    gate,
    ask(asked: Asked, at: number): Admission {
      const admission = gate.ask(asked, at)
      if (admission.kind === 'begin') admission.opening.run = `run-${++count}`
      return admission
    },
  }
}

describe('what happens', () => {
  it('opens one run for the same within a quarter of an hour, and then another', () => {
    const { ask } = gateWith()
    expect(ask(web, 0).kind).toBe('begin')
    expect(ask(web, 14 * MINUTE)).toEqual({ kind: 'seen-again', run: 'run-1' })
    expect(ask({ runbook: 'oom', target: 'shop' }, 14 * MINUTE).kind).toBe('begin')
    expect(ask({ runbook: 'leak', target: 'web' }, 14 * MINUTE).kind).toBe('begin')
    expect(ask(web, 15 * MINUTE).kind).toBe('begin')
  })

  it('is taken by the run that waits for the same, for a day', () => {
    const open = new Set(['run-1'])
    const { ask } = gateWith(open)
    ask(web, 0)
    expect(ask(web, 600 * MINUTE)).toEqual({ kind: 'seen-again', run: 'run-1' })
    open.clear()
    expect(ask(web, 601 * MINUTE).kind).toBe('begin')
    open.add('run-2')
    expect(ask(web, 601 * MINUTE + 1_440 * MINUTE).kind).toBe('begin')
  })

  it('that names nobody is about what its runbook was opened for last', () => {
    const { ask } = gateWith()
    const nobody = { runbook: 'oom', target: null }
    ask(web, 0)
    expect(ask(nobody, MINUTE)).toEqual({ kind: 'seen-again', run: 'run-1' })
    expect(ask(nobody, 20 * MINUTE).kind).toBe('begin')
    expect(ask(web, 21 * MINUTE).kind).toBe('begin')
  })

  it('a thousand times opens no more than some, and others an hour later', () => {
    const { ask } = gateWith()
    const storm = Array.from({ length: 1_000 }, (_, at) =>
      ask({ runbook: 'oom', target: `c${at}` }, at),
    )
    expect(storm.filter(({ kind }) => kind === 'begin')).toHaveLength(MOST_IN_AN_HOUR)
    expect(storm.at(-1)).toMatchObject({
      kind: 'left-out',
      why: expect.stringContaining('20 runs'),
    })
    expect(ask(web, 59 * MINUTE).kind).toBe('left-out')
    expect(ask(web, 61 * MINUTE).kind).toBe('begin')
  })

  it('is known again from what was opened before', () => {
    const { gate, ask } = gateWith(new Set(['run-old']))
    gate.remember('oom', ['web'], { at: 0, run: 'run-old' })
    expect(ask(web, 30 * MINUTE)).toEqual({ kind: 'seen-again', run: 'run-old' })
  })
})
