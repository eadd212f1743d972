import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { finds, stella } from '../support/command-line.ts'
import { holdDocument } from '../support/documents.ts'
import { sampleCase } from '../support/sample-case.ts'

const Named = z.looseObject({ schema: z.string() })

describe('a document with --json', () => {
  it.each([
    ['stella.case/1', 'why docker:web'],
    ['stella.cases/1', 'why docker:web --all'],
    ['stella.fix/1', 'fix docker:web'],
    ['stella.bill/1', 'bill docker:web'],
    ['stella.size/1', 'size docker:web'],
    ['stella.next/1', ''],
    ['stella.audit-rules/1', 'audit --list'],
    ['stella.audit-rule/1', 'audit --explain K01'],
    ['stella.simulate-leak/1', 'simulate leak --limit 512Mi --rate 10Mi/h'],
    [
      'stella.simulate-swap/1',
      'simulate swap --memory 6g --memory-swap 10g --cgroup v2 --host-swap 16g',
    ],
    ['stella.simulate-overcommit/1', 'simulate overcommit --host 8Gi --limits 512Mi,1Gi,none'],
    ['stella.simulate-jvm/1', 'simulate jvm --limit 1Gi --threads 250 --classes 10000'],
    ['stella.completion/1', 'completion bash'],
    ['stella.catalogers/1', 'scanner plugins list'],
    ['stella.labs/1', 'lab list'],
    ['stella.runbooks/1', 'runbook list'],
  ])('is %s of stella %s, as its schema says', async (name, line) => {
    const words = line.split(' ').filter((word) => word !== '')
    const env = { STELLA_DATA: '/nowhere' }
    const { out } = await stella([...words, '--json'], { env, engine: finds([sampleCase()]) })
    expect(Named.parse(JSON.parse(out)).schema).toBe(name)
  })
})

describe('a document is not as its schema says', () => {
  const document = { schema: 'stella.completion/1', shell: 'bash', script: '' }

  it.each([
    ['with a field more', { ...document, more: 1 }],
    ['with a field less', { schema: 'stella.completion/1', shell: 'bash' }],
    ['with another value', { ...document, shell: 'tcsh' }],
    ['with a name that has no schema', { schema: 'stella.nothing/1' }],
  ])('%s', (_what, wrong) => {
    expect(() => holdDocument(wrong)).toThrow(/stella\.(?:completion|nothing)\/1/)
  })

  it('and the right one is', () => {
    expect(() => holdDocument(document)).not.toThrow()
  })
})
